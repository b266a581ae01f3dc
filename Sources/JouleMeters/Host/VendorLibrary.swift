/// A vendor's management library, as people are told of it.
package struct VendorLibrary: Hashable, Sendable {
    /// As a sentence about it begins: "NVML", "the amd-smi library".
    let title: String
    /// What to do where it is not installed, and where what there is of it is too old or another thing.
    let installing: String
    let replacing: String

    /// The functions of the first library that can be opened and started.
    ///
    /// What a library that is there says weighs more than that another name leads nowhere; among several, the first one speaks.
    ///
    /// - Parameters:
    ///   - names: names or paths, in the order in which they are tried.
    ///   - empty: a table without functions.
    ///   - load: fills a table with the functions of the library of a name: 1, or 0 and the loader's words in the room given.
    ///   - start: starts the library of a table: nil, or why it cannot be used.
    func open<Table>(
        _ names: [String], empty: Table,
        load: (_ name: String, inout Table, _ words: UnsafeMutablePointer<CChar>, _ room: UInt32) -> Int32,
        start: (Table, _ name: String) -> LibraryAbsence.Finding?
    ) throws(LibraryAbsence) -> Table {
        var loaderWords: String?
        var refusal: LibraryAbsence.Finding?
        for name in names {
            var table = empty
            if let words = Self.loaderWords({ load(name, &table, $0, $1) }) {
                if loaderWords == nil, refusal == nil { loaderWords = words }
            } else if let problem = start(table, name) {
                if refusal == nil { refusal = problem }
            } else {
                return table
            }
        }
        throw LibraryAbsence(
            library: self, finding: refusal ?? .notInstalled(tried: names, cause: loaderWords ?? "no name given"))
    }

    /// nil when the library was opened.
    private static func loaderWords(_ load: (UnsafeMutablePointer<CChar>, UInt32) -> Int32) -> String? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { words in
            words.initialize(repeating: 0)
            guard let start = words.baseAddress else { return "no memory" }
            return load(start, UInt32(words.count)) == 1 ? nil : String(cString: start)
        }
    }
}

/// Why a vendor's library cannot be used here.
package struct LibraryAbsence: Error, Hashable, Sendable {
    package enum Finding: Hashable, Sendable {
        /// None of the names leads to a library; the loader's words about the first one.
        case notInstalled(tried: [String], cause: String)
        /// Something answers to the name and lacks a function without which nothing can be found.
        case incomplete(name: String, function: String)
        /// The library is there and refuses to start.
        case refused(code: Int, words: String, remedy: String)
    }

    let library: VendorLibrary
    package let finding: Finding

    package var reason: String {
        switch finding {
        case .notInstalled(let tried, let cause):
            // A file that is not there is the plain case; any other word of the loader is the finding itself.
            cause.hasSuffix("No such file or directory")
                ? "\(library.title) is not installed: there is no \(tried.first ?? "library")"
                : "\(library.title) cannot be loaded: \(cause)"
        case .incomplete(let name, let function): "\(name) cannot be used as \(library.title): it lacks \(function)"
        case .refused(let code, let words, _): "\(library.title) refuses to start: \(words) (error \(code))"
        }
    }

    package var remedy: String {
        switch finding {
        case .notInstalled: library.installing
        case .incomplete: library.replacing
        case .refused(_, _, let remedy): remedy
        }
    }
}
