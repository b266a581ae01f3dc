import JouleAnalysis
import JouleModel

/// What the `config.json` of public models says of their shape, with the number of their parameters.
///
/// The numbers are those of the same models made from these configurations by Hugging Face transformers 5 (torch.device("meta"), shared
/// tables once, `AutoModelForCausalLM` or `AutoModelForSeq2SeqLM`; BERT without pooler and head), and what the hub shows for the published
/// weights where it shows bare numbers.
enum PublicModels {
    static let all: [(name: String, configuration: String, parameters: Double)] = [
        (
            "meta-llama/Llama-2-7b-hf",
            #"""
            {"model_type": "llama", "hidden_size": 4096, "intermediate_size": 11008, "num_attention_heads": 32,
            "num_hidden_layers": 32, "num_key_value_heads": 32, "vocab_size": 32000, "tie_word_embeddings": false,
            "torch_dtype": "float16"}
            """#, 6_738_415_616
        ),
        (
            "meta-llama/Llama-3.1-8B",
            #"""
            {"model_type": "llama", "hidden_size": 4096, "intermediate_size": 14336, "num_attention_heads": 32,
            "num_hidden_layers": 32, "num_key_value_heads": 8, "vocab_size": 128256, "tie_word_embeddings": false,
            "torch_dtype": "bfloat16"}
            """#, 8_030_261_248
        ),
        (
            "meta-llama/Llama-3.2-1B",
            #"""
            {"model_type": "llama", "hidden_size": 2048, "intermediate_size": 8192, "num_attention_heads": 32,
            "num_hidden_layers": 16, "num_key_value_heads": 8, "head_dim": 64, "vocab_size": 128256,
            "tie_word_embeddings": true, "torch_dtype": "bfloat16"}
            """#, 1_235_814_400
        ),
        (
            "HuggingFaceTB/SmolLM2-135M-Instruct",
            #"""
            {"model_type": "llama", "hidden_size": 576, "intermediate_size": 1536, "num_attention_heads": 9,
            "num_hidden_layers": 30, "num_key_value_heads": 3, "vocab_size": 49152, "tie_word_embeddings": true,
            "torch_dtype": "bfloat16"}
            """#, 134_515_008
        ),
        (
            "mistralai/Mistral-7B-v0.1",
            #"""
            {"model_type": "mistral", "hidden_size": 4096, "intermediate_size": 14336, "num_attention_heads": 32,
            "num_hidden_layers": 32, "num_key_value_heads": 8, "sliding_window": 4096, "vocab_size": 32000,
            "tie_word_embeddings": false, "torch_dtype": "bfloat16"}
            """#, 7_241_732_096
        ),
        (
            "mistralai/Mixtral-8x7B-v0.1",
            #"""
            {"model_type": "mixtral", "hidden_size": 4096, "intermediate_size": 14336, "num_attention_heads": 32,
            "num_hidden_layers": 32, "num_key_value_heads": 8, "num_local_experts": 8, "num_experts_per_tok": 2,
            "sliding_window": null, "vocab_size": 32000, "tie_word_embeddings": false, "torch_dtype": "bfloat16"}
            """#, 46_702_792_704
        ),
        (
            "Qwen/Qwen2.5-7B",
            #"""
            {"model_type": "qwen2", "hidden_size": 3584, "intermediate_size": 18944, "num_attention_heads": 28,
            "num_hidden_layers": 28, "num_key_value_heads": 4, "max_window_layers": 28, "sliding_window": 131072,
            "use_sliding_window": false, "vocab_size": 152064, "tie_word_embeddings": false, "torch_dtype": "bfloat16"}
            """#, 7_615_616_512
        ),
        (
            "Qwen/Qwen2.5-0.5B",
            #"""
            {"model_type": "qwen2", "hidden_size": 896, "intermediate_size": 4864, "num_attention_heads": 14,
            "num_hidden_layers": 24, "num_key_value_heads": 2, "max_window_layers": 24, "sliding_window": 32768,
            "use_sliding_window": false, "vocab_size": 151936, "tie_word_embeddings": true, "torch_dtype": "bfloat16"}
            """#, 494_032_768
        ),
        (
            "Qwen/Qwen3-8B",
            #"""
            {"model_type": "qwen3", "attention_bias": false, "head_dim": 128, "hidden_size": 4096, "intermediate_size": 12288,
            "num_attention_heads": 32, "num_hidden_layers": 36, "num_key_value_heads": 8, "sliding_window": null,
            "use_sliding_window": false, "vocab_size": 151936, "tie_word_embeddings": false, "torch_dtype": "bfloat16"}
            """#, 8_190_735_360
        ),
        (
            "Qwen/Qwen3-0.6B",
            #"""
            {"model_type": "qwen3", "attention_bias": false, "head_dim": 128, "hidden_size": 1024, "intermediate_size": 3072,
            "num_attention_heads": 16, "num_hidden_layers": 28, "num_key_value_heads": 8, "sliding_window": null,
            "use_sliding_window": false, "vocab_size": 151936, "tie_word_embeddings": true, "torch_dtype": "bfloat16"}
            """#, 596_049_920
        ),
        (
            "Qwen/Qwen3-30B-A3B",
            #"""
            {"model_type": "qwen3_moe", "attention_bias": false, "decoder_sparse_step": 1, "head_dim": 128,
            "hidden_size": 2048, "intermediate_size": 6144, "mlp_only_layers": [], "moe_intermediate_size": 768,
            "num_attention_heads": 32, "num_experts": 128, "num_experts_per_tok": 8, "num_hidden_layers": 48,
            "num_key_value_heads": 4, "sliding_window": null, "use_sliding_window": false, "vocab_size": 151936,
            "tie_word_embeddings": false, "torch_dtype": "bfloat16"}
            """#, 30_532_122_624
        ),
        (
            "Qwen/Qwen1.5-MoE-A2.7B",
            #"""
            {"model_type": "qwen2_moe", "decoder_sparse_step": 1, "hidden_size": 2048, "intermediate_size": 5632,
            "moe_intermediate_size": 1408, "shared_expert_intermediate_size": 5632, "num_attention_heads": 16,
            "num_experts": 60, "num_experts_per_tok": 4, "num_hidden_layers": 24, "num_key_value_heads": 16,
            "use_sliding_window": false, "sliding_window": 32768, "max_window_layers": 21, "vocab_size": 151936,
            "tie_word_embeddings": false, "torch_dtype": "bfloat16"}
            """#, 14_315_784_192
        ),
        (
            "google/gemma-2b",
            #"""
            {"model_type": "gemma", "head_dim": 256, "hidden_size": 2048, "intermediate_size": 16384,
            "num_attention_heads": 8, "num_hidden_layers": 18, "num_key_value_heads": 1, "vocab_size": 256000,
            "torch_dtype": "bfloat16"}
            """#, 2_506_172_416
        ),
        (
            "google/gemma-7b",
            #"""
            {"model_type": "gemma", "head_dim": 256, "hidden_size": 3072, "intermediate_size": 24576,
            "num_attention_heads": 16, "num_hidden_layers": 28, "num_key_value_heads": 16, "vocab_size": 256000,
            "torch_dtype": "bfloat16"}
            """#, 8_537_680_896
        ),
        (
            "google/gemma-2-2b",
            #"""
            {"model_type": "gemma2", "head_dim": 256, "hidden_size": 2304, "intermediate_size": 9216,
            "num_attention_heads": 8, "num_hidden_layers": 26, "num_key_value_heads": 4, "sliding_window": 4096,
            "vocab_size": 256000, "torch_dtype": "float32"}
            """#, 2_614_341_888
        ),
        (
            "google/gemma-2-9b",
            #"""
            {"model_type": "gemma2", "head_dim": 256, "hidden_size": 3584, "intermediate_size": 14336,
            "num_attention_heads": 16, "num_hidden_layers": 42, "num_key_value_heads": 8, "sliding_window": 4096,
            "vocab_size": 256000, "torch_dtype": "float32"}
            """#, 9_241_705_984
        ),
        (
            "google/gemma-3-1b-it",
            #"""
            {"model_type": "gemma3_text", "head_dim": 256, "hidden_size": 1152, "intermediate_size": 6912,
            "num_attention_heads": 4, "num_hidden_layers": 26, "num_key_value_heads": 1, "sliding_window": 512,
            "sliding_window_pattern": 6, "vocab_size": 262144, "torch_dtype": "bfloat16"}
            """#, 999_885_952
        ),
        (
            "openai-community/gpt2",
            #"""
            {"model_type": "gpt2", "n_ctx": 1024, "n_embd": 768, "n_head": 12, "n_layer": 12, "n_positions": 1024,
            "vocab_size": 50257}
            """#, 124_439_808
        ),
        (
            "facebook/opt-125m",
            #"""
            {"model_type": "opt", "hidden_size": 768, "ffn_dim": 3072, "num_attention_heads": 12, "num_hidden_layers": 12,
            "max_position_embeddings": 2048, "vocab_size": 50272, "word_embed_proj_dim": 768, "do_layer_norm_before": true,
            "torch_dtype": "float16"}
            """#, 125_239_296
        ),
        (
            "facebook/opt-350m",
            #"""
            {"model_type": "opt", "hidden_size": 1024, "ffn_dim": 4096, "num_attention_heads": 16, "num_hidden_layers": 24,
            "max_position_embeddings": 2048, "vocab_size": 50272, "word_embed_proj_dim": 512, "do_layer_norm_before": false,
            "torch_dtype": "float16"}
            """#, 331_196_416
        ),
        (
            "facebook/opt-1.3b",
            #"""
            {"model_type": "opt", "hidden_size": 2048, "ffn_dim": 8192, "num_attention_heads": 32, "num_hidden_layers": 24,
            "max_position_embeddings": 2048, "vocab_size": 50272, "word_embed_proj_dim": 2048, "do_layer_norm_before": true,
            "torch_dtype": "float16"}
            """#, 1_315_758_080
        ),
        (
            "microsoft/phi-2",
            #"""
            {"model_type": "phi", "hidden_size": 2560, "intermediate_size": 10240, "num_attention_heads": 32,
            "num_hidden_layers": 32, "num_key_value_heads": 32, "vocab_size": 51200, "tie_word_embeddings": false,
            "torch_dtype": "float16"}
            """#, 2_779_683_840
        ),
        (
            "microsoft/Phi-3-mini-4k-instruct",
            #"""
            {"model_type": "phi3", "hidden_size": 3072, "intermediate_size": 8192, "num_attention_heads": 32,
            "num_hidden_layers": 32, "num_key_value_heads": 32, "sliding_window": 2047, "vocab_size": 32064,
            "tie_word_embeddings": false, "torch_dtype": "bfloat16", "pad_token_id": 32000}
            """#, 3_821_079_552
        ),
        (
            "google-bert/bert-base-uncased",
            #"""
            {"model_type": "bert", "hidden_size": 768, "intermediate_size": 3072, "max_position_embeddings": 512,
            "num_attention_heads": 12, "num_hidden_layers": 12, "type_vocab_size": 2, "vocab_size": 30522}
            """#, 108_891_648
        ),
        (
            "google-t5/t5-small",
            #"""
            {"model_type": "t5", "d_ff": 2048, "d_kv": 64, "d_model": 512, "num_heads": 8, "num_layers": 6,
            "is_encoder_decoder": true, "vocab_size": 32128, "relative_attention_num_buckets": 32}
            """#, 60_506_624
        ),
        (
            "google/flan-t5-small",
            #"""
            {"model_type": "t5", "d_ff": 1024, "d_kv": 64, "d_model": 512, "num_heads": 6, "num_layers": 8,
            "num_decoder_layers": 8, "is_encoder_decoder": true, "feed_forward_proj": "gated-gelu",
            "tie_word_embeddings": false, "vocab_size": 32128, "relative_attention_num_buckets": 32}
            """#, 76_961_152
        ),
        (
            "facebook/bart-large-cnn",
            #"""
            {"model_type": "bart", "d_model": 1024, "encoder_layers": 12, "decoder_layers": 12, "encoder_attention_heads": 16,
            "decoder_attention_heads": 16, "encoder_ffn_dim": 4096, "decoder_ffn_dim": 4096, "max_position_embeddings": 1024,
            "vocab_size": 50264, "is_encoder_decoder": true}
            """#, 406_290_432
        ),
        (
            "openai/gpt-oss-20b",
            #"""
            {"model_type": "gpt_oss", "attention_bias": true, "head_dim": 64, "hidden_size": 2880, "intermediate_size": 2880,
            "num_attention_heads": 64, "num_experts_per_tok": 4, "num_hidden_layers": 24, "num_key_value_heads": 8,
            "num_local_experts": 32, "sliding_window": 128, "vocab_size": 201088, "tie_word_embeddings": false}
            """#, 20_914_757_184
        ),
        (
            "openai/gpt-oss-120b",
            #"""
            {"model_type": "gpt_oss", "attention_bias": true, "head_dim": 64, "hidden_size": 2880, "intermediate_size": 2880,
            "num_attention_heads": 64, "num_experts_per_tok": 4, "num_hidden_layers": 36, "num_key_value_heads": 8,
            "num_local_experts": 128, "sliding_window": 128, "vocab_size": 201088, "tie_word_embeddings": false}
            """#, 116_829_156_672
        ),
        (
            "deepseek-ai/DeepSeek-V2-Lite",
            #"""
            {"model_type": "deepseek_v2", "first_k_dense_replace": 1, "hidden_size": 2048, "intermediate_size": 10944,
            "kv_lora_rank": 512, "moe_intermediate_size": 1408, "moe_layer_freq": 1, "n_routed_experts": 64,
            "n_shared_experts": 2, "num_attention_heads": 16, "num_experts_per_tok": 6, "num_hidden_layers": 27,
            "num_key_value_heads": 16, "q_lora_rank": null, "qk_nope_head_dim": 128, "qk_rope_head_dim": 64,
            "v_head_dim": 128, "vocab_size": 102400, "tie_word_embeddings": false, "torch_dtype": "bfloat16"}
            """#, 15_706_484_224
        ),
        (
            "deepseek-ai/DeepSeek-V3",
            #"""
            {"model_type": "deepseek_v3", "first_k_dense_replace": 3, "hidden_size": 7168, "intermediate_size": 18432,
            "kv_lora_rank": 512, "moe_intermediate_size": 2048, "moe_layer_freq": 1, "n_routed_experts": 256,
            "n_shared_experts": 1, "num_attention_heads": 128, "num_experts_per_tok": 8, "num_hidden_layers": 61,
            "num_key_value_heads": 128, "q_lora_rank": 1536, "qk_nope_head_dim": 128, "qk_rope_head_dim": 64,
            "v_head_dim": 128, "vocab_size": 129280, "tie_word_embeddings": false, "torch_dtype": "bfloat16"}
            """#, 671_026_404_352
        ),
    ]

    static func architecture(_ name: String) -> ModelArchitecture? {
        all.first { $0.name == name }.flatMap { ModelArchitecture.read(parsed($0.configuration)).value }
    }
}
