/// A number of bytes.
package struct ByteCount: Comparable, Hashable, Sendable, Codable {
    package let bytes: Int64
    package init(_ bytes: Int64) { self.bytes = bytes }
    package static func < (left: ByteCount, right: ByteCount) -> Bool { left.bytes < right.bytes }
    package static func + (left: ByteCount, right: ByteCount) -> ByteCount { ByteCount(left.bytes + right.bytes) }
    package static func kibibytes(_ value: Int64) -> ByteCount { ByteCount(value * 1_024) }
    package static func mebibytes(_ value: Int64) -> ByteCount { ByteCount(value * 1_048_576) }

    package var mebibytes: Double { Double(bytes) / 1_048_576 }
    package var gibibytes: Double { Double(bytes) / 1_073_741_824 }

    package init(from decoder: any Decoder) throws {
        bytes = try decoder.singleValueContainer().decode(Int64.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(bytes)
    }
}
