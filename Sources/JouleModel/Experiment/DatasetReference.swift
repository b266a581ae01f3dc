/// What `scenario.dataset_name` means.
///
/// Paths are relative to the working directory, as in the tools whose files this program reads, and not to the configuration
/// file: a configuration can then be shared between data sets that lie elsewhere.
package enum DatasetReference: Hashable, Sendable {
    /// How a file of prompts is written.
    package enum Format: String, Hashable, Sendable, CaseIterable {
        case text = "txt"
        case jsonLines = "jsonl"
        case csv
        /// An array of objects, or one object whose one array they are; ShareGPT's files are such.
        case json
        /// Read by the worker's `datasets` library.
        case parquet
    }

    case quickstart
    case synthetic
    case file(path: String, Format)
    /// A folder that the worker's `datasets` library loads as it loads a name of the hub.
    case folder(path: String)
    /// A data set of the Hugging Face hub, `owner/name`.
    case hub(id: String)

    package static let remedy =
        "known are builtin:quickstart, synthetic, a .txt, .jsonl, .csv, .json or .parquet file, a folder (with a / at its end), "
        + "owner/name on the Hugging Face hub, and alpaca and gsm8k"

    /// - Throws: `workload.unknown-dataset`.
    package init(_ name: String) throws(Failure) {
        if name == "builtin:quickstart" {
            self = .quickstart
        } else if name == "synthetic" {
            self = .synthetic
        } else if name.hasPrefix("builtin:") {
            throw Failure("workload.unknown-dataset", "there is no built-in data set `\(name)`", remedy: Self.remedy)
        } else if let known = KnownDataset.named(name) {
            self = .hub(id: known.id)
        } else if let format = Format.of(name) {
            self = .file(path: name, format)
        } else if name.hasSuffix("/") || name.hasPrefix("/") || name.hasPrefix("./") || name.hasPrefix("../") {
            self = .folder(path: name)
        } else if Self.isHubID(name) {
            self = .hub(id: name)
        } else {
            throw Failure("workload.unknown-dataset", "there is no data set `\(name)`", remedy: Self.remedy)
        }
    }

    /// The hub takes letters, digits, `-`, `_` and `.` on both sides of one slash.
    private static func isHubID(_ name: String) -> Bool {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        return parts.count == 2
            && parts.allSatisfy { part in
                part.utf8.count <= 96 && part.utf8.first.map(isPlain) == true
                    && part.utf8.allSatisfy { isPlain($0) || "-._".utf8.contains($0) }
            }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || byte == UInt8(ascii: "_")
    }
}

extension DatasetReference.Format {
    fileprivate static func of(_ name: String) -> Self? {
        let lowered = name.lowercased()
        return allCases.first { lowered.hasSuffix("." + $0.rawValue) }
    }
}

/// A data set of the hub whose columns this program knows.
package struct KnownDataset: Hashable, Sendable {
    package let id: String
    package let aliases: [String]
    /// What the hub calls a configuration or subset; nil: the data set has one only.
    package let config: String?
    /// As in `scenario.template`.
    package let template: String
    package let summary: String

    package static let all = [
        KnownDataset(
            id: "tatsu-lab/alpaca", aliases: ["alpaca"], config: nil, template: "alpaca",
            summary: "instructions, with or without an input"),
        KnownDataset(
            id: "openai/gsm8k", aliases: ["gsm8k"], config: "main", template: "gsm8k", summary: "word problems of school mathematics"),
        KnownDataset(
            id: "AIEnergyScore/text_generation", aliases: ["EnergyStarAI/text_generation"], config: nil, template: "{text}",
            summary: "the prompts of the AI Energy Score"),
    ]

    /// The data set of an id or of an alias, in any case.
    package static func named(_ name: String) -> KnownDataset? {
        all.first { ([$0.id] + $0.aliases).contains { $0.lowercased() == name.lowercased() } }
    }
}

/// Where the prompts of a run came from, for its record.
package struct DatasetOrigin: Hashable, Sendable, Codable {
    /// The data set's id, or the path.
    package let name: String
    package let config: String?
    package let split: String?
    /// The commit on the hub.
    package let revision: String?
    /// Rows that the split has.
    package let rows: Int?
    /// `hub`, `cache`, `datasets library`.
    package let via: String

    package init(name: String, config: String? = nil, split: String? = nil, revision: String? = nil, rows: Int? = nil, via: String) {
        self.name = name
        self.config = config
        self.split = split
        self.revision = revision
        self.rows = rows
        self.via = via
    }
}
