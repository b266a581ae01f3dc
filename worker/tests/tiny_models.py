"""Makes tiny, randomly initialised models in a folder, the way a hub model lies in one."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

SPECIAL = ["<pad>", "<s>", "</s>", "<unk>"]
WORDS = SPECIAL + [f"w{number}" for number in range(60)]
CONTEXT = 128
os.environ.setdefault("TQDM_DISABLE", "1")  # saving a model draws a bar


def save_tokenizer(folder: Path, ends_prompts: bool = False) -> None:
    """One token per word, so a text and its tokens say the same; an encoder's tokenizer closes its prompts with `</s>`."""
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.WordLevel({word: number for number, word in enumerate(WORDS)}, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    if ends_prompts:
        tokenizer.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 2)])
    # No padding token, as with Llama 2: the worker has to choose one.
    names = {"pad_token": "<pad>"} if ends_prompts else {}
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, unk_token="<unk>", eos_token="</s>", **names).save_pretrained(folder)


def save_llama(folder: Path, seed: int = 1) -> Path:
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(seed)
    config = LlamaConfig(
        vocab_size=len(WORDS), hidden_size=64, intermediate_size=128, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, max_position_embeddings=CONTEXT, initializer_range=0.4, bos_token_id=1, eos_token_id=2,
        tie_word_embeddings=False,
    )  # fmt: skip
    LlamaForCausalLM(config).save_pretrained(folder)
    save_tokenizer(folder)
    return folder


def save_t5(folder: Path, seed: int = 1) -> Path:
    import torch
    from transformers import T5Config, T5ForConditionalGeneration

    torch.manual_seed(seed)
    config = T5Config(
        vocab_size=len(WORDS), d_model=64, d_kv=16, d_ff=128, num_layers=2, num_heads=4, decoder_start_token_id=0,
        pad_token_id=0, eos_token_id=2, initializer_factor=4.0,
    )  # fmt: skip
    T5ForConditionalGeneration(config).save_pretrained(folder)
    save_tokenizer(folder, ends_prompts=True)
    return folder


def with_end_token(model: Path, folder: Path, word: str) -> Path:
    """The same weights, for which `word` ends a text."""
    shutil.copytree(model, folder)
    for name in ("config.json", "generation_config.json"):
        file = folder / name
        file.write_text(json.dumps(json.loads(file.read_text()) | {"eos_token_id": WORDS.index(word)}))
    return folder
