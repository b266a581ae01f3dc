import Foundation
import JouleTestSupport

/// What is kept beside these tests.
let golden = Golden(testFile: #filePath)

/// The root of the checkout, for the configurations that are shipped.
let repository = URL(filePath: #filePath).appending(path: "../../..").standardizedFileURL
