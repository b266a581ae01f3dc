// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error), .enableUpcomingFeature("ExistentialAny")]

/// Benchmarks that are programs of their own, apart from the product so that its dependencies stay its own.
let package = Package(
    name: "joulebench-benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "joulebench", path: "..")],
    targets: [
        .executableTarget(name: "bare-timer", swiftSettings: strict),
        .executableTarget(
            name: "window-error", dependencies: [.product(name: "JouleKit", package: "joulebench")], swiftSettings: strict),
    ]
)
