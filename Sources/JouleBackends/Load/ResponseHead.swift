/// The status line and the header fields of a response.
package struct ResponseHead: Sendable {
    package struct Field: Hashable, Sendable {
        /// In lower case: names of fields are the same in any case.
        package let name: String
        package let value: String
    }

    package let status: Int
    package let fields: [Field]
    /// HTTP/1.0 closes after a response unless it says otherwise, HTTP/1.1 the other way round.
    let isVersion10: Bool

    /// The first field of that name, which is given in lower case.
    package subscript(name: String) -> String? { fields.first { $0.name == name }?.value }

    /// Whether one of the comma-separated words of all fields of that name is this one, in any case.
    func has(_ word: String, in name: String) -> Bool {
        fields.contains { field in
            field.name == name
                && field.value.split(separator: ",").contains { trimmed($0).lowercased() == word }
        }
    }

    private func trimmed(_ text: Substring) -> Substring {
        var text = text
        while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return text
    }

    var keepsAlive: Bool { isVersion10 ? has("keep-alive", in: "connection") : !has("close", in: "connection") }
}

extension ResponseHead {
    /// How the end of a body is told (RFC 9112, 6.3).
    enum BodyLength: Equatable {
        case none
        case bytes(Int)
        case chunked
        case untilClose
    }

    /// nil when the fields contradict each other.
    var bodyLength: BodyLength? {
        if status == 204 || status == 304 { return BodyLength.none }
        // A chunked body overrides a length; another coding last means that only the close of the connection tells the end.
        if let coding = fields.last(where: { $0.name == "transfer-encoding" })?.value {
            let last = coding.split(separator: ",").last.map { trimmed($0).lowercased() }
            return last == "chunked" ? .chunked : .untilClose
        }
        let lengths = Set(
            fields.filter { $0.name == "content-length" }
                .flatMap { $0.value.split(separator: ",", omittingEmptySubsequences: false) }
                .map { trimmed($0) })
        guard let text = lengths.first else { return .untilClose }
        guard lengths.count == 1, text.utf8.allSatisfy({ $0 &- 0x30 < 10 }), let count = Int(text) else { return nil }
        return count == 0 ? BodyLength.none : .bytes(count)
    }
}
