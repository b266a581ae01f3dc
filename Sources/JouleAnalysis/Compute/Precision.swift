/// A number format that models compute with, or keep their weights in.
package enum Precision: String, Hashable, Sendable, CaseIterable {
    case float32, tf32, float16, bfloat16, fp8, int8, mxfp4, int4

    /// By the names that frameworks, servers and people use.
    package init?(named name: String) {
        switch name.lowercased().split(separator: ".").last.map(String.init) ?? "" {
        case "float32", "fp32", "float", "f32": self = .float32
        case "tf32", "tfloat32": self = .tf32
        case "float16", "fp16", "half", "f16": self = .float16
        case "bfloat16", "bf16", "bfp16": self = .bfloat16
        case "fp8", "float8", "float8_e4m3fn", "f8", "fp8_e4m3": self = .fp8
        case "int8", "i8", "8bit": self = .int8
        case "mxfp4", "fp4": self = .mxfp4
        case "int4", "i4", "4bit", "nf4": self = .int4
        default: return nil
        }
    }

    /// Bytes of one weight; those of the four-bit kinds with the scales of their groups.
    package var bytes: Double {
        switch self {
        case .float32, .tf32: 4
        case .float16, .bfloat16: 2
        case .fp8, .int8: 1
        case .mxfp4: 4.25 / 8
        case .int4: 4.5 / 8
        }
    }

    package var isSixteenBitOrWider: Bool {
        switch self {
        case .float32, .tf32, .float16, .bfloat16: true
        case .fp8, .int8, .mxfp4, .int4: false
        }
    }
}
