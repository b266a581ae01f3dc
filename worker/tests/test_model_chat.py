"""Chat templates, thinking and its budget: what the worker makes of them is what the tokenizer itself makes. Needs torch."""

from __future__ import annotations

import sys
import unittest
from pathlib import Path
from typing import Any

import tiny_models
from test_model import HAVE_SMOLLM2, HAVE_TORCH, ModelCase, request

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import joulebench_worker as worker  # noqa: E402

MARKS = ["<think>", "</think>", "<|im_start|>", "<|im_end|>", "user", "assistant"]
# As hybrid models have it: an empty block switches thinking off, an open one is the model's to fill.
TEMPLATE = """{%- for message in messages %}<|im_start|> {{ message.role }} {{ message.content }} <|im_end|> {% endfor -%}
{%- if add_generation_prompt %}<|im_start|> assistant{% if enable_thinking is defined and not enable_thinking %} <think> </think>\
{% elif enable_thinking is defined %} <think>{% endif %}{% endif %}"""


def save_thinker(folder: Path, template: str | None = TEMPLATE, marks: list[str] = MARKS) -> Path:
    """The tiny model, its tokenizer with the words of a chat and, if any, a template."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    words = tiny_models.WORDS + marks
    torch.manual_seed(3)
    config = LlamaConfig(
        vocab_size=len(words), hidden_size=64, intermediate_size=128, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, max_position_embeddings=tiny_models.CONTEXT, initializer_range=0.4, bos_token_id=1, eos_token_id=2,
        tie_word_embeddings=False,
    )  # fmt: skip
    LlamaForCausalLM(config).save_pretrained(folder)
    tokenizer = Tokenizer(models.WordLevel({word: number for number, word in enumerate(words)}, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, unk_token="<unk>", eos_token="</s>")
    if template is not None:
        fast.chat_template = template
    fast.save_pretrained(folder)
    return folder


def tokenizer_in(folder: Path) -> Any:
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(folder)


def directly(tokenizer: Any, words: str, **arguments: Any) -> list[int]:
    """The ids that the tokenizer makes of one user's turn."""
    turn = [{"role": "user", "content": words}]
    ids: list[int] = tokenizer.apply_chat_template(turn, add_generation_prompt=True, return_dict=False, **arguments)
    return ids


@unittest.skipUnless(HAVE_TORCH, "needs torch, transformers and tokenizers")
class ChatTests(ModelCase):
    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        save_thinker(cls.folder / "thinker")
        save_thinker(cls.folder / "plain", template=None)
        save_thinker(cls.folder / "markless", marks=MARKS[2:])

    def chat(self, prompt: str, longest: int = 8, **fields: Any) -> dict[str, Any]:
        event = self.batch([request(0, prompt, longest)], **fields)
        return event["results"][0] | {"chat": event["chat"]}

    def refusal(self, **fields: Any) -> str:
        event = self.worker.call("generate", requests=[request(0, "w1", 4)], **fields)
        self.assertEqual(event["event"], "error", event)
        code: str = event["code"]
        return code

    def test_arguments_reach_the_template(self) -> None:
        tokenizer = tokenizer_in(self.folder / "thinker")
        self.load("thinker")
        for thinks in (True, False):
            ids = directly(tokenizer, "w1 w2", enable_thinking=thinks)
            framing = worker.Framing(tokenizer, worker.Chat(arguments={"enable_thinking": thinks}))
            self.assertEqual(framing.encode("w1 w2"), ids)
            made = self.chat("w1 w2", chat={"arguments": {"enable_thinking": thinks}})
            self.assertEqual(made["input_tokens"], len(ids))
            self.assertEqual(made["chat"], {"template": True, "unused_arguments": []})
            # This tokenizer adds nothing by itself, so the template's text as a plain prompt is the same prompt.
            plain = self.chat(tokenizer.decode(ids))
            self.assertEqual((plain["text"], plain["chat"]), (made["text"], None))

    def test_without_a_chat_a_prompt_is_verbatim(self) -> None:
        self.load("thinker")
        self.assertEqual(self.chat("w1 w2")["input_tokens"], 2)

    def test_what_the_template_does_not_know_is_said(self) -> None:
        self.load("thinker")
        made = self.chat("w1", chat={"arguments": {"reasoning_effort": "high", "thinking_budget": 4}})
        self.assertEqual(made["chat"], {"template": True, "unused_arguments": ["reasoning_effort"]})

    def test_a_frame_takes_the_place_of_a_template_that_is_no_use(self) -> None:
        frame = {"before": "w7 w8 ", "after": " w9"}
        self.load("thinker")
        made = self.chat("w1", chat={"arguments": {"reasoning_effort": "low"}, "needed": "reasoning_effort", "otherwise": frame})
        self.assertEqual((made["chat"], made["input_tokens"]), ({"template": False, "unused_arguments": []}, 4))
        self.assertEqual(made["text"], self.chat("w7 w8 w1 w9")["text"])
        self.load("plain")
        self.assertEqual(self.chat("w1", chat={"otherwise": frame})["input_tokens"], 4)
        self.assertEqual(self.chat("w1", chat={"otherwise": {}})["input_tokens"], 1)
        self.assertEqual(self.refusal(chat={"arguments": {"enable_thinking": True}}), "chat.no-template")

    def test_fields_of_a_chat_are_strict(self) -> None:
        self.load("thinker")
        for chat in ({"arguments": {"tokenize": True}}, {"arguments": {"no name": 1}}, {"argument": {}}, {"otherwise": {"behind": "x"}}, 3):
            self.assertEqual(self.refusal(chat=chat), "protocol.bad-field", chat)
        self.assertEqual(self.refusal(thinking_budget=0), "protocol.bad-field")

    def test_thoughts_are_counted_apart_and_end_at_the_budget(self) -> None:
        self.load("thinker")
        thinking = {"arguments": {"enable_thinking": True}}
        free = self.chat("w1 w2", 20, chat=thinking, sampling={"ignore_eos": True})
        self.assertIsInstance(free["reasoning_tokens"], int)
        for budget in (1, 3):
            made = self.chat("w1 w2", 12, chat=thinking, thinking_budget=budget, sampling={"ignore_eos": True})
            words = made["text"].split()
            self.assertEqual(words[budget], "</think>", words)
            self.assertEqual(made["reasoning_tokens"], budget)
            first = next(place for place in range(budget + 1, 12) if words[place] not in ("<think>", "</think>"))
            self.assertEqual(made["first_output_token_ns"], made["token_ns"][first])

    def test_rows_of_a_batch_keep_their_own_budgets(self) -> None:
        self.load("thinker")
        requests = [request(0, "w1", 10), request(1, "w2 w3 w4 w5 w6", 10)]
        made = self.results(requests, chat={"arguments": {"enable_thinking": True}}, thinking_budget=2, sampling={"ignore_eos": True})
        self.assertEqual([one["reasoning_tokens"] for one in made], [2, 2])

    def test_a_prompt_that_thinks_not_has_no_thoughts(self) -> None:
        self.load("thinker")
        made = self.chat("w1 w2", 4, chat={"arguments": {"enable_thinking": False}}, sampling={"ignore_eos": True})
        if "<think>" not in made["text"]:
            self.assertEqual((made["reasoning_tokens"], made["first_output_token_ns"]), (0, made["token_ns"][0]))

    def test_without_marks_nothing_is_counted_and_no_budget_kept(self) -> None:
        self.load("markless")
        made = self.chat("w1", chat={"arguments": {"enable_thinking": True}})
        self.assertEqual((made["reasoning_tokens"], made["first_output_token_ns"]), (None, None))
        self.assertEqual(self.refusal(thinking_budget=3), "chat.no-think-marks")

    def test_a_long_prompt_is_cut_inside_the_template(self) -> None:
        tokenizer = tokenizer_in(self.folder / "thinker")
        framing = worker.Framing(tokenizer, worker.Chat(arguments={"enable_thinking": True}))
        whole = directly(tokenizer, "w1 " * 40, enable_thinking=True)
        for room in (len(whole) - 1, 20, 8):
            ids = framing.cut("w1 " * 40, room)
            self.assertEqual((len(ids), ids[:2], ids[-3:]), (room, whole[:2], whole[-3:]))
        self.assertIsNone(framing.cut("w1 w2", 5))
        self.load("thinker")
        self.assertEqual(self.chat("w1 " * 200, chat={"arguments": {"enable_thinking": True}})["input_tokens"], tiny_models.CONTEXT - 8)


@unittest.skipUnless(HAVE_TORCH and HAVE_SMOLLM2, "needs torch and the package of SmolLM2")
class SmolLMTemplateTests(unittest.TestCase):
    def test_the_real_template_is_applied_as_the_tokenizer_does(self) -> None:
        from transformers import AutoTokenizer

        source = worker.find_source("builtin:smollm2-135m")
        tokenizer = AutoTokenizer.from_pretrained(source.name, **source.keywords)
        for words in ("/think\nWhy is the sky blue?", "/no_think\nÀ la carte: <|im_end|>"):
            framing = worker.Framing(tokenizer, worker.Chat(otherwise=worker.Frame()))
            self.assertTrue(framing.is_template)
            self.assertEqual(framing.encode(words), directly(tokenizer, words))


if __name__ == "__main__":
    unittest.main()
