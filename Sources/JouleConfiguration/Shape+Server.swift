import JouleModel
import JouleUnits

extension Shape<String?> {
    /// A base URL. Nothing between the quotes is no mistake of the value: whether an endpoint may be missing is for the backend to say.
    static var endpoint: Shape {
        Shape(
            "URL", schema: .text(examples: ["http://localhost:8000"]),
            decode: { setting, reading in
                guard case .scalar(let text, _) = setting.node.content, !setting.node.isNull else {
                    setting.wrongType(expected: "a URL", to: &reading)
                    return nil
                }
                guard text.contains(where: { !$0.isWhitespace }) else { return .some(nil) }
                guard let complaint = complaint(about: text) else { return .some(text) }
                setting.report(
                    "config.invalid-value", "`\(setting.path)` is no base URL: \(complaint.problem)", remedy: complaint.remedy, to: &reading
                )
                return nil
            },
            render: { $0.map { .text($0) } })
    }

    private static func complaint(about text: String) -> (problem: String, remedy: String?)? {
        guard let mark = text.firstRange(of: "://") else { return ("it has no scheme", "write http://\(text)") }
        let scheme = text[..<mark.lowerBound].lowercased()
        guard ["http", "https"].contains(scheme) else { return ("the scheme `\(scheme)` is not http or https", nil) }
        let rest = text[mark.upperBound...]
        let authority = rest.prefix { !"/?#".contains($0) }
        // The text is not quoted here: what stands before the @ is a secret.
        if authority.contains("@") {
            return (
                "it carries a name or a password",
                "leave it out, and name the environment variable that holds the key: api_key_env or its like"
            )
        }
        if rest.contains(where: \.isWhitespace) { return ("it holds white space", nil) }
        if rest.contains(where: { "?#".contains($0) }) { return ("it has a query", "end it at the path: http://host:8000/v1") }
        let host: Substring
        if authority.hasPrefix("["), let close = authority.firstIndex(of: "]") {
            host = authority[...close]
        } else {
            host = authority.prefix { $0 != ":" }
        }
        guard !host.isEmpty else { return ("it names no host", "write http://host:8000") }
        let port = authority.dropFirst(host.count)
        if port.isEmpty { return nil }
        guard port.first == ":", let number = UInt16(port.dropFirst()), number > 0 else {
            // With an @ behind it, it is a password with a slash in it.
            let shown = rest.contains("@") ? "what stands behind its host" : "`\(port.drop { $0 == ":" })`"
            return ("\(shown) is no port", "a port is a number from 1 to 65535")
        }
        return nil
    }
}

extension Shape<String> {
    static var apiPath: Shape {
        text("path below the base URL").checked { path in
            path.hasPrefix("/")
                ? nil : ("a path begins with a slash, and `\(Secrets.masked(path: path))` does not", "write it as /v1/completions")
        }.hiding(Secrets.masked(path:)) { URLSecrets.isMasked($0) ? "its query" : nil }
    }

    /// Where a meter's page is. The shape of the address is for the meter to judge.
    static var address: Shape {
        text("URL").hiding {
            URLSecrets.masked($0)
        } where: {
            URLSecrets.isMasked($0) ? "its user, password or query" : nil
        }
    }

    /// The name of an environment variable. A wrong one is never quoted: it may be the key itself, put in the wrong place.
    static var variableName: Shape {
        Shape(
            "name of an environment variable", schema: .text,
            decode: { setting, reading in
                if case .scalar(let text, _) = setting.node.content, let first = text.first, first.isASCII, first.isLetter || first == "_",
                    text.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") })
                {
                    return text
                }
                setting.report(
                    "config.invalid-value", "`\(setting.path)` is no name of an environment variable",
                    remedy: "name the variable that holds the key, such as OPENAI_API_KEY; a key itself never stands in a file",
                    to: &reading)
                return nil
            },
            render: { .text($0) })
    }

    /// A text that may be empty, as the value of an environment variable.
    static var anyText: Shape {
        Shape(
            "text", schema: .text,
            decode: { setting, reading in
                guard case .scalar(let text, let isQuoted) = setting.node.content, isQuoted || !setting.node.isNull else {
                    setting.wrongType(expected: "a text", remedy: "quote it for an empty one", to: &reading)
                    return nil
                }
                return text
            },
            render: { .text($0) })
    }
}

extension Shape<[String: String]> {
    /// Headers of every request, by name.
    static var headers: Shape {
        let ours: Set<String> = ["content-length", "transfer-encoding", "connection", "accept-encoding"]
        return environment.checked { headers in
            let names = headers.keys.sorted()
            for name in names {
                let isToken = name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "!#$%&'*+-.^_`|~".contains($0)) }
                guard isToken, !name.isEmpty else { return ("`\(name)` is no name of a header", nil) }
                if ours.contains(name.lowercased()) {
                    return ("the header `\(name)` belongs to the client, which sets it itself", "remove it")
                }
                if names.contains(where: { $0 > name && $0.lowercased() == name.lowercased() }) {
                    return ("the header `\(name)` is given twice", "keep one of the two: case makes no difference")
                }
                if headers[name]?.contains(where: \.isNewline) ?? false {
                    return ("the header `\(name)` holds a line end", nil)
                }
            }
            return nil
        }
    }

    static var environment: Shape {
        table(of: .anyText, "map of name to text; secrets are shown as `***`").hiding {
            Secrets.masked($0)
        } where: { table in
            table.keys.sorted().first { Secrets.isMasked(table[$0] ?? "") }.map { "the value of `\($0)`" }
        }
    }
}

extension Shape<[String]> {
    /// Program and arguments; what follows `--api-key` is not shown.
    static var launchCommand: Shape {
        let shape = Shape<String>.anyText.list(orOne: false, allowsEmpty: false)
        return Shape(
            "list of program and arguments", schema: shape.schema,
            decode: { setting, reading in
                guard let command = shape.decode(setting, &reading) else { return nil }
                guard command.first?.isEmpty == false else {
                    setting.report("config.invalid-value", "`\(setting.path)` names no program", to: &reading)
                    return nil
                }
                return command
            },
            render: shape.render
        ).hidingArguments
    }

    /// The same list, whose keys are not shown.
    var hidingArguments: Shape {
        hiding {
            Secrets.masked(command: $0)
        } where: {
            $0.first(where: Secrets.isMasked).map { "the value of `\($0)`" }
        }
    }
}
