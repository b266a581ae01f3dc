import JouleModel

/// JSON being written: deterministic bytes, no spaces, members in the order in which they are added.
struct JSONBytes {
    private(set) var bytes: [UInt8] = []

    /// Writes a key after the members before it.
    mutating func key(_ name: String) {
        separate()
        string(name)
        bytes.append(UInt8(ascii: ":"))
    }

    mutating func raw(_ text: [UInt8]) { bytes += text }

    mutating func member(_ name: String, _ value: Bool) {
        key(name)
        raw(value ? "true" : "false")
    }

    mutating func member(_ name: String, _ value: Int) {
        key(name)
        raw(String(value))
    }

    mutating func member(_ name: String, _ value: Double) {
        key(name)
        number(value)
    }

    mutating func member(_ name: String, _ value: String) {
        key(name)
        string(value)
    }

    mutating func member(_ name: String, _ value: JSONValue) {
        key(name)
        self.value(value)
    }

    mutating func open(_ bracket: Unicode.Scalar) {
        bytes.append(UInt8(ascii: bracket))
    }

    mutating func close(_ bracket: Unicode.Scalar) {
        bytes.append(UInt8(ascii: bracket))
    }

    /// Writes a comma unless nothing stands before it in this object or array.
    mutating func separate() {
        guard let last = bytes.last, last != UInt8(ascii: "{"), last != UInt8(ascii: "[") else { return }
        bytes.append(UInt8(ascii: ","))
    }

    mutating func raw(_ text: String) { bytes += text.utf8 }

    /// A string with its quotation marks. Only what must be escaped is: a tokenizer sees the same text either way.
    mutating func string(_ text: String) {
        let hex = Array("0123456789abcdef".utf8)
        bytes.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { utf8 in
            var start = 0
            for place in utf8.indices {
                let byte = utf8[place]
                guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
                bytes += utf8[start..<place]
                start = place + 1
                switch byte {
                case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
                case 0x0A: raw("\\n")
                case 0x0D: raw("\\r")
                case 0x09: raw("\\t")
                default: bytes += Array("\\u00".utf8) + [hex[Int(byte >> 4)], hex[Int(byte & 15)]]
                }
            }
            bytes += utf8[start...]
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// The shortest digits that read back as the same number; JSON has no word for infinities and NaN.
    mutating func number(_ value: Double) {
        guard value.isFinite else { return raw("null") }
        if let whole = Int64(exactly: value), abs(value) < 1e15 { raw(String(whole)) } else { raw("\(value)") }
    }

    mutating func value(_ value: JSONValue) {
        switch value {
        case .null: raw("null")
        case .bool(let value): raw(value ? "true" : "false")
        case .integer(let value): raw(String(value))
        case .number(let value): number(value)
        case .string(let value): string(value)
        case .array(let values):
            open("[")
            for value in values {
                separate()
                self.value(value)
            }
            close("]")
        case .object(let members):
            open("{")
            for (name, value) in members.sorted(by: { $0.key < $1.key }) { member(name, value) }
            close("}")
        }
    }
}
