"""Tasks of encoder-decoder models, counting ahead of a batch, ids in the place of text. Needs torch."""

from __future__ import annotations

import json
import sys
import unittest
from pathlib import Path
from typing import Any

import tiny_models
from harness import WORKER
from test_model import HAVE_TORCH, ModelCase, request, words

PREFIXES = {
    "summarization": {"prefix": "w50 w51 ", "num_beams": 4, "min_length": 30},
    "translation_en_to_de": {"prefix": "w52 w53 w54 "},
    "translation_en_to_fr": {"prefix": "w52 w53 w55 "},
}


def save_bart(folder: Path, seed: int = 1) -> Path:
    """With BART's peculiarities: the decoder starts with the end token, and its first token is forced."""
    import torch
    from transformers import BartConfig, BartForConditionalGeneration

    torch.manual_seed(seed)
    config = BartConfig(
        vocab_size=len(tiny_models.WORDS), d_model=64, encoder_layers=2, decoder_layers=2, encoder_attention_heads=4,
        decoder_attention_heads=4, encoder_ffn_dim=128, decoder_ffn_dim=128, max_position_embeddings=tiny_models.CONTEXT,
        init_std=0.4, pad_token_id=0, bos_token_id=1, eos_token_id=2, decoder_start_token_id=2,
    )  # fmt: skip
    model = BartForConditionalGeneration(config)
    model.generation_config.decoder_start_token_id, model.generation_config.forced_bos_token_id = 2, 1
    model.save_pretrained(folder)
    tiny_models.save_tokenizer(folder, ends_prompts=True)
    return folder


def with_tasks(folder: Path, tasks: dict[str, Any]) -> None:
    file = folder / "config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"task_specific_params": tasks}))


@unittest.skipUnless(HAVE_TORCH, "needs torch, transformers and tokenizers")
class TaskTests(ModelCase):
    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        tiny_models.save_llama(cls.folder / "llama")
        with_tasks(tiny_models.save_t5(cls.folder / "t5"), PREFIXES)
        with_tasks(tiny_models.save_t5(cls.folder / "one-way"), {"translation_en_to_de": {"prefix": "w52 w53 w54 "}})
        save_bart(cls.folder / "bart")

    def counts(self, prompts: list[str], longest: int = 5, **fields: Any) -> list[int | None]:
        event = self.worker.call("count_tokens", requests=[request(i, prompt, longest) for i, prompt in enumerate(prompts)], **fields)
        self.assertEqual(event["event"], "counts", event)
        counts: list[int | None] = event["counts"]
        return counts

    def test_a_prompt_begins_with_the_words_of_its_task_and_they_count(self) -> None:
        prompt = words(6, 1)
        self.assertEqual(self.load("t5", task="text-generation")["task_prefixes"], [])
        by_hand = self.one("w50 w51 " + prompt, 9, 9)
        alone = self.one(prompt, 9, 9)
        self.assertEqual(self.load("t5", task="summarization")["task_prefixes"], ["w50 w51 "])
        for asked in (prompt, "w50 w51 " + prompt):
            made = self.one(asked, 9, 9)
            self.assertEqual((made["input_tokens"], made["text"]), (9, by_hand["text"]), "two words and the closing token")
        self.assertEqual(alone["input_tokens"], 7)

    def test_a_translation_with_one_pair_of_languages_takes_its_words(self) -> None:
        self.assertEqual(self.load("one-way", task="translation")["task_prefixes"], ["w52 w53 w54 "])
        self.assertEqual(self.one(words(6, 1), 3)["input_tokens"], 10)
        self.assertEqual(self.load("one-way", task="summarization")["task_prefixes"], [])

    def test_between_pairs_of_languages_the_prompt_decides(self) -> None:
        self.assertEqual(self.load("t5", task="translation")["task_prefixes"], ["w52 w53 w54 ", "w52 w53 w55 "])
        said, unsaid = self.results([request(0, "w52 w53 w55 w1", 3), request(1, "w1", 3)])
        self.assertEqual((said["outcome"], said["input_tokens"]), ("completed", 5))
        self.assertEqual((unsaid["outcome"], unsaid["error"]["code"]), ("failed", "request.no-task"))
        self.assertEqual(self.counts(["w52 w53 w55 w1", "w1"]), [5, None])

    def test_a_prompt_is_cut_behind_the_words_of_its_task(self) -> None:
        self.load("t5", task="summarization")
        cut, whole = self.one(words(40, 1), 4, 4, max_input_tokens=12), self.one(" ".join(words(40, 1).split()[:9]), 4, 4)
        self.assertEqual((cut["input_tokens"], cut["text"]), (12, whole["text"]))
        self.assertEqual(self.counts([words(40, 1)], max_input_tokens=12), [12])

    def test_bart_generates_in_batches_and_its_start_token_counts_nowhere(self) -> None:
        event = self.load("bart", task="summarization")
        self.assertEqual((event["model_class"], event["encoder_decoder"]), ("BartForConditionalGeneration", True))
        asked = [request(i, words(n, 40 + i), longest, longest) for i, (n, longest) in enumerate([(4, 12), (20, 6), (9, 1)])]
        results = self.results(asked, return_ids=True)
        self.assertEqual([r["outcome"] for r in results], ["completed"] * 3, results)
        self.assertEqual([r["input_tokens"] for r in results], [5, 21, 10])
        self.assertEqual([r["output_tokens"] for r in results], [12, 6, 1])
        self.assertEqual([r["token_ids"][0] for r in results], [1, 1, 1], "the forced first token, and not the start token before it")
        self.assertEqual([r["token_ids"] for r in results], [self.results([one], return_ids=True)[0]["token_ids"] for one in asked])

    def test_an_answer_longer_than_the_decoders_positions_is_refused_alone(self) -> None:
        longest = tiny_models.CONTEXT
        self.assertEqual(self.load("bart")["answer_length"], longest)
        whole, over = self.results([request(0, words(4, 1), longest, longest), request(1, words(4, 1), longest + 1, 1)])
        self.assertEqual((whole["outcome"], whole["output_tokens"]), ("completed", longest))
        self.assertEqual((over["outcome"], over["error"]["code"]), ("failed", "request.too-long"))
        self.assertIn(f"{longest + 1} tokens are to be generated, and the decoder has positions for {longest}", over["error"]["message"])
        self.assertIn(f"lower max_new_tokens to {longest}", over["error"]["remedy"])
        self.assertEqual(self.counts(["w1"], longest + 1), [None])
        for folder in ("t5", "llama"):
            self.assertIsNone(self.load(folder)["answer_length"], "relative positions, and those of a decoder alone")
        self.load("t5")
        self.assertEqual(self.one(words(4, 1), 600, 600)["output_tokens"], 600)

    def test_positions_that_are_computed_are_told_from_those_of_a_table(self) -> None:
        sys.path.insert(0, str(WORKER.parent))
        import joulebench_worker
        import transformers

        small = {"vocab_size": 64, "d_model": 16, "encoder_layers": 1, "decoder_layers": 1, "encoder_attention_heads": 2,
                 "decoder_attention_heads": 2, "encoder_ffn_dim": 16, "decoder_ffn_dim": 16, "max_position_embeddings": 40,
                 "pad_token_id": 1, "decoder_start_token_id": 2, "bos_token_id": 0, "eos_token_id": 2}  # fmt: skip
        for family, length in (("MBart", 40), ("Pegasus", 40), ("Marian", 40), ("Blenderbot", 40), ("PLBart", 40), ("M2M100", None)):
            config = getattr(transformers, f"{family}Config")(**small)
            name = "MarianMTModel" if family == "Marian" else f"{family}ForConditionalGeneration"
            self.assertEqual(joulebench_worker.answer_length_of(getattr(transformers, name)(config)), length, family)
        bert = {"vocab_size": 64, "hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16}
        pair = transformers.EncoderDecoderConfig.from_encoder_decoder_configs(
            transformers.BertConfig(**bert, max_position_embeddings=50), transformers.BertConfig(**bert, max_position_embeddings=30)
        )
        self.assertEqual(joulebench_worker.answer_length_of(transformers.EncoderDecoderModel(pair)), 30)

    def test_the_first_token_of_an_encoder_decoder_comes_after_its_prefill(self) -> None:
        for folder in ("t5", "bart"):
            self.load(folder)
            batch = self.batch([request(0, words(8, 1), 6, 6)])
            stamps = batch["results"][0]["token_ns"]
            self.assertEqual(len(stamps), 6)
            self.assertLess(batch["prefill_start_ns"], stamps[0])
            self.assertEqual(stamps, sorted(stamps))

    def test_counts_ahead_are_those_of_the_batch(self) -> None:
        prompts = [words(n, n) for n in (3, 17, 9, 200)]
        for folder in ("llama", "t5"):
            self.load(folder)
            results = self.results([request(i, prompt, 5, 5) for i, prompt in enumerate(prompts)])
            self.assertEqual(self.counts(prompts), [r["input_tokens"] for r in results])
            self.assertGreater(results[0]["padding_tokens"], 0)

    def test_what_a_batch_would_refuse_has_no_count(self) -> None:
        self.load("llama")
        self.assertEqual(self.counts([words(3, 0), "", words(200, 0)], truncation=False), [3, None, None])
        self.assertEqual(self.counts([]), [])

    def test_ids_come_in_the_place_of_text_and_say_the_same(self) -> None:
        self.load("llama")
        asked = [request(i, words(n, i), 8, 8) for i, n in enumerate((3, 12))]
        told = [r["text"] for r in self.results(asked)]
        for result, text in zip(self.results(asked, return_text=False, return_ids=True), told):
            self.assertIsNone(result["text"])
            self.assertEqual(len(result["token_ids"]), 8)
            kept = [tiny_models.WORDS[token] for token in result["token_ids"]]
            self.assertEqual(" ".join(word for word in kept if word not in ("<unk>", "</s>")), text)
        self.assertIsNone(self.results(asked)[0]["token_ids"])

    def test_workers_beside_each_other_share_the_threads(self) -> None:
        threads = self.worker.call("capabilities")["threads"]
        for processes in (2, threads, threads + 1, 1):
            self.load("llama", processes=processes)
            self.assertEqual(self.worker.call("capabilities")["threads"], max(1, threads // processes))


if __name__ == "__main__":
    unittest.main()
