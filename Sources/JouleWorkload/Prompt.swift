/// One prompt with a name that says where it came from: `quickstart-0007`, `line-12`.
package struct Prompt: Hashable, Sendable {
    package let id: String
    package let text: String

    package init(id: String, text: String) {
        self.id = id
        self.text = text
    }
}
