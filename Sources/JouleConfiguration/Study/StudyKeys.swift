/// Keys at the top of a file that make it a study; the members they describe are experiments without them.
enum StudyKeys {
    static let sweep = ["sweep"]
    static let order = ["order"]
    static let names = [sweep, order]
}
