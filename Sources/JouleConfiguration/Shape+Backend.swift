import JouleModel

extension Shape<String> {
    static var model: Shape {
        text("hub id, folder or `builtin:smollm2-135m`").checked { model in
            guard model.hasPrefix("builtin:"), model != "builtin:smollm2-135m" else { return nil }
            return ("there is no built-in model `\(model)`", "the built-in model is builtin:smollm2-135m")
        }
    }

    static var device: Shape {
        text("`auto`, `cpu`, `cuda`, `cuda:1`, `mps`").checked { device in
            let isNumbered = device.hasPrefix("cuda:") && UInt(device.dropFirst(5)) != nil
            guard !isNumbered, !["auto", "cpu", "cuda", "mps"].contains(device) else { return nil }
            return ("unknown device `\(device)`", "known are auto, cpu, cuda, cuda:N, mps")
        }
    }

    static var memorySize: Shape {
        text("size").checked { size in
            let digits = size.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            let unit = size.dropFirst(digits.count).drop { $0 == " " }.lowercased()
            let units = ["b", "kb", "mb", "gb", "tb", "kib", "mib", "gib", "tib"]
            if Double(digits).map({ $0 > 0 }) ?? false, units.contains(unit) { return nil }
            return ("`\(size)` is no memory size", "write it with its unit: 20GB, 512MiB")
        }
    }
}

extension Shape<DeviceSelector> {
    static var device: Shape {
        Shape(
            "index or UUID", schema: .any(of: [.integer(atLeast: 0), .text]),
            decode: { setting, reading in
                if case .scalar(let text, _) = setting.node.content, let device = DeviceSelector(text) { return device }
                setting.report(
                    "config.wrong-type", "`\(setting.path)` should name a GPU and is \(setting.node.kind)",
                    remedy: "a GPU is an index in NVML order (0) or a UUID (GPU-… or MIG-…)", to: &reading)
                return nil
            },
            render: { device in
                if case .index(let index) = device { return .integer(index) }
                return .text(device.description)
            })
    }
}

extension Shape<[DeviceSelector]> {
    static var devices: Shape {
        Shape<DeviceSelector>.device
            .list(allowsEmpty: false, emptyRemedy: "leave the key out for all visible GPUs, or set device: cpu for none")
            .checked { devices in
                guard let twice = devices.first(where: { device in devices.count { $0 == device } > 1 }) else { return nil }
                return ("the GPU \(twice) is named twice", nil)
            }
    }
}

extension Shape<DeviceMap?> {
    /// `none` is a name for leaving the map out.
    static var deviceMap: Shape {
        let named = Shape<DeviceMap>.choice(DeviceMap.self)
        return Shape(
            named.description + ", `none`", schema: .names(DeviceMap.allCases.map(\.rawValue) + ["none"]),
            decode: { setting, reading in
                if case .scalar("none", _) = setting.node.content { return .some(nil) }
                return named.decode(setting, &reading).map(Optional.some)
            },
            render: { $0.flatMap(named.render) })
    }
}

/// What `backend.quantization` says: fewer bits, or by an older short name only a data type.
struct QuantizationChoice: Sendable {
    var quantization: Quantization?
    var dtype: TorchDtype?
}

extension Shape<QuantizationChoice> {
    private static let shorthands: [String: QuantizationChoice] = [
        "none": QuantizationChoice(),
        "int8": QuantizationChoice(quantization: Quantization(bits: 8)),
        "int4": QuantizationChoice(quantization: Quantization(bits: 4)),
        "fp16": QuantizationChoice(dtype: .float16),
        "bf16": QuantizationChoice(dtype: .bfloat16),
        "bfp16": QuantizationChoice(dtype: .bfloat16),
        "fp32": QuantizationChoice(dtype: .float32),
    ]

    static var quantization: Shape {
        Shape(
            "`none`, `int8`, `int4`, a data type (`fp16`, `bf16`, `fp32`), or `{method: bitsandbytes, bits, compute_dtype, quant_type, double_quant}`",
            schema: .any(of: [
                .names(shorthands.keys.sorted()),
                .options([
                    "method": .names(["bitsandbytes"]), "bits": .integer(atLeast: 4), "compute_dtype": .text,
                    "quant_type": .names(Quantization.FourBitKind.allCases.map(\.rawValue)), "double_quant": .flag,
                    "load_in_4bit": .flag, "load_in_8bit": .flag,
                ]),
            ]),
            decode: { setting, reading in
                if case .scalar(let text, _) = setting.node.content, !setting.node.isNull {
                    if let choice = shorthands[text] { return choice }
                    setting.reportUnknownName(
                        text, noun: "quantization", known: ["none", "int8", "int4", "fp16", "bf16", "fp32"], later: [], to: &reading)
                    return nil
                }
                return decodeMap(setting, &reading).map { QuantizationChoice(quantization: $0) }
            },
            render: { choice in
                guard let quantization = choice.quantization else { return .text("none") }
                return render(quantization)
            })
    }

    private static func decodeMap(_ setting: Setting, _ reading: inout Reading) -> Quantization? {
        let fourBitOnly = ["compute_dtype", "quant_type", "double_quant"]
        let known = ["method", "bits"] + fourBitOnly + ["load_in_4bit", "load_in_8bit"]
        let before = reading.failures.count
        guard let options = Options(setting, known: known, reading: &reading) else {
            setting.wrongType(expected: "a name such as int8, or a map", to: &reading)
            return nil
        }
        if let method = options.read("method", .text(), &reading), method != "bitsandbytes" {
            options.given("method")?.reportUnknownName(
                method, noun: "quantization method", known: ["bitsandbytes"], later: ["gptq", "awq"], to: &reading)
        }
        let bits = options.read("bits", .count(atLeast: 1), &reading)
        if let bits, bits != 4, bits != 8 {
            options.given("bits")?.report("config.out-of-range", "bits must be 4 or 8 and is \(bits)", to: &reading)
        }
        let loadsFour = options.read("load_in_4bit", .flag, &reading) ?? false
        let loadsEight = options.read("load_in_8bit", .flag, &reading) ?? false
        if (loadsFour || bits == 4) && (loadsEight || bits == 8) {
            setting.report(
                "config.conflict", "Cannot enable both 4-bit and 8-bit quantization", remedy: "keep one of the two", to: &reading)
        } else if bits == nil && !loadsFour && !loadsEight {
            setting.report("config.missing-key", "`\(setting.path)` does not say its bits", remedy: "add bits: 8 or bits: 4", to: &reading)
        }
        let isEight = loadsEight || bits == 8
        for name in fourBitOnly where isEight && !loadsFour {
            options.given(name)?.report(
                "config.not-honoured", "`\(setting.path).\(name)` has no meaning with 8 bits", remedy: "remove it", to: &reading)
        }
        var result = Quantization(bits: isEight ? 8 : 4)
        result.computeDtype = options.read("compute_dtype", .choice(TorchDtype.self), &reading)
        if result.computeDtype == .auto {
            options.given("compute_dtype")?.report(
                "config.invalid-value", "compute_dtype cannot be auto", remedy: "name a type, or leave it out", to: &reading)
        }
        result.kind = options.read("quant_type", .choice(Quantization.FourBitKind.self), &reading) ?? .nf4
        result.doubleQuantization = options.read("double_quant", .flag, &reading) ?? false
        return reading.failures.count == before ? result : nil
    }

    private static func render(_ quantization: Quantization) -> ConfigurationValue {
        var pairs: [ConfigurationValue.Pair] = [
            .init(key: "method", value: .text("bitsandbytes")), .init(key: "bits", value: .integer(quantization.bits)),
        ]
        guard quantization.bits == 4 else { return .map(pairs) }
        if let dtype = quantization.computeDtype { pairs.append(.init(key: "compute_dtype", value: .text(dtype.rawValue))) }
        pairs.append(.init(key: "quant_type", value: .text(quantization.kind.rawValue)))
        pairs.append(.init(key: "double_quant", value: .flag(quantization.doubleQuantization)))
        return .map(pairs)
    }
}
