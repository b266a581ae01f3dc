/// What a worker is told of model and sampling, and which worker it is.
extension Trial {
    private static let worker = """
        backend: {type: command, model: stand-in, command: {worker}}
        scenario: {num_samples: 2, generate_kwargs: {max_new_tokens: 3}}
        phases: {preset: none}
        metrics: {meters: none}

        """

    static let workers: [Trial] = [
        Trial(
            name: "what is loaded", base: worker,
            effects: [
                Effect("backend.model", "gpt2", .worker, .says(#""model": "gpt2""#)),
                Effect("backend.revision", "v1.5", .worker, .says(#""revision": "v1.5""#)),
                Effect("backend.tokenizer", "other/words", .worker, .says(#""tokenizer": "other/words""#)),
                Effect("backend.task", "summarisation", .worker, .says(#""task": "summarization""#)),
                Effect("backend.device", "cpu", .worker, .says(#""device": "cpu""#)),
                Effect("backend.torch_dtype", "bfloat16", .worker, .says(#""torch_dtype": "bfloat16""#)),
                Effect("backend.trust_remote_code", "true", .worker, .says(#""trust_remote_code": true"#)),
                Effect("backend.attn_implementation", "sdpa", .worker, .says(#""attn_implementation": "sdpa""#)),
                Effect("backend.compile", "true", .worker, .says(#""compile": true"#)),
                Effect("name", "tuesday", .terminal, .says("tuesday · gpt2")),
                Effect("output_dir", "{scene}/elsewhere", .tree, .says("elsewhere/raw/exp_")),
            ]),
        Trial(
            name: "how it is spread and packed", base: worker,
            effects: [
                Effect("backend.device_map", "balanced_low_0", .worker, .says(#""device_map": "balanced_low_0""#)),
                Effect("backend.max_memory", "{cpu: 2GB}", .worker, .matches(#""max_memory": \{"cpu": "?2"#)),
                Effect("backend.quantization", "int8", .worker, .matches(#""quantization": \{.*"bits": 8"#)),
            ]),
        Trial(
            name: "a program of one's own", base: worker,
            files: ["tap.sh": "touch {scene}/tapped\nexec \"$@\"\n"],
            effects: [
                Effect("backend.command", "[/bin/sh, {scene}/tap.sh, {python}, {fixtures}/stand_in_worker.py]", .tree, .says("tapped"))
            ]),
        Trial(
            name: "an interpreter of one's own", base: "backend: {type: pytorch, model: gpt2}\nphases: {preset: none}\n",
            files: ["python.sh": "#!/bin/sh\ntouch {scene}/interpreted\nexit 1\n"],
            effects: [Effect("backend.python", "{scene}/python.sh", .tree, .says("interpreted"))]),
        Trial(
            name: "workers beside each other", base: worker.replacing("model: stand-in,", with: "model: stand-in, device: cpu,"),
            effects: [
                Effect("backend.processes", "2", .worker, .says("workers: 2"))
            ]),
        Trial(
            name: "some of the GPUs", base: worker.replacing("meters: none", with: "meters: nvml"),
            gpus: ["DEVICES": "3", "WAVE": "constant:100"],
            effects: [Effect("backend.device_ids", "[1]", .worker, .says(#""device_ids": [0]"#))]),
        Trial(
            name: "sampling", base: worker,
            effects: [
                Effect("scenario.generate_kwargs.max_new_tokens", "9", .worker, .says(#""max_new_tokens": 9"#)),
                Effect("scenario.generate_kwargs.min_new_tokens", "4", .worker, .says(#""min_new_tokens": 4"#)),
                Effect("scenario.generate_kwargs.temperature", "0.75", .worker, .says(#""temperature": 0.75"#)),
                Effect("scenario.generate_kwargs.top_p", "0.5", .worker, .says(#""top_p": 0.5"#)),
                Effect("scenario.generate_kwargs.top_k", "40", .worker, .says(#""top_k": 40"#)),
                Effect("scenario.generate_kwargs.repetition_penalty", "1.5", .worker, .says(#""repetition_penalty": 1.5"#)),
                Effect("scenario.generate_kwargs.ignore_eos", "true", .worker, .says(#""ignore_eos": true"#)),
                Effect("scenario.generate_kwargs.stop", "[END]", .worker, .says(#""stop": ["END"]"#)),
                Effect("seed", "4711", .worker, .says(#""seed": 4711"#)),
            ]),
        Trial(
            name: "no sampling", base: worker.replacing("max_new_tokens: 3", with: "max_new_tokens: 3, temperature: 0.5"),
            effects: [Effect("scenario.generate_kwargs.do_sample", "false", .worker, .says(#""do_sample": false"#))]),
    ]
}
