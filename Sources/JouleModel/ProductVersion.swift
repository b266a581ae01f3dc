/// The semantic version of tool, library and run files.
package enum ProductVersion {
    package static let number = "0.1.0"
}
