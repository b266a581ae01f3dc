// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let nio: [Target.Dependency] = [
    .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
    .product(name: "NIOHTTP1", package: "swift-nio"), .product(name: "NIOTLS", package: "swift-nio"),
    .product(name: "NIOSSL", package: "swift-nio-ssl"),
]
let asyncHTTPClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let hummingbird: [Target.Dependency] = [
    .product(name: "Hummingbird", package: "hummingbird"), .product(name: "HummingbirdCore", package: "hummingbird"),
]
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")

/// Fuzzing needs a build of its own, in which libFuzzer brings the entry of the program: `make fuzz`.
let fuzzing: [Target] =
    Context.environment["JOULEBENCH_FUZZ"] == nil
    ? []
    : [
        .executableTarget(
            name: "joulebench-fuzz",
            dependencies: ["JouleBackends", "JouleConfiguration", "JouleHTTP", "JouleMeters", "JouleModel", "JouleStore", "JouleWorkload"],
            path: "Tests/Fuzzing",
            exclude: ["Seeds"],
            swiftSettings: strict + [.unsafeFlags(["-parse-as-library"])])
    ]

/// The rows of the house, from the ground up: a target may only name targets of rows below its own.
let package = Package(
    name: "joulebench",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "joulebench", targets: ["joulebench"]),
        .library(name: "JouleKit", targets: ["JouleKit"]),
        .library(name: "FakeNVML", type: .dynamic, targets: ["FakeNVML"]),
        .library(name: "FakeAMDSMI", type: .dynamic, targets: ["FakeAMDSMI"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
    ],
    targets: [
        // words
        .target(name: "JouleUnits", swiftSettings: strict),
        // model
        .target(name: "JouleModel", dependencies: ["JouleUnits"], swiftSettings: strict),
        .target(name: "JouleStatistics", swiftSettings: strict),
        // pure
        .target(
            name: "JouleConfiguration", dependencies: ["JouleModel", "JouleUnits", "Yams"],
            resources: [.embedInCode("Formats/reasoning_formats.yaml")], swiftSettings: strict),
        .target(name: "JouleWorkload", dependencies: ["JouleModel", "JouleUnits"], swiftSettings: strict),
        .target(name: "JouleAnalysis", dependencies: ["JouleModel", "JouleStatistics", "JouleUnits"], swiftSettings: strict),
        .target(name: "JouleReport", dependencies: ["JouleModel", "JouleUnits"], swiftSettings: strict),
        // plumbing
        .target(name: "CPlatform"),
        .target(name: "JouleProcess", dependencies: ["CPlatform", "JouleModel", "JouleUnits", subprocess], swiftSettings: strict),
        .target(name: "JouleHTTP", dependencies: ["JouleModel", "JouleUnits", asyncHTTPClient] + nio, swiftSettings: strict),
        // edges
        .target(name: "CNVML", dependencies: ["CPlatform"]),
        .target(name: "CAMDSMI", dependencies: ["CPlatform"]),
        .target(
            name: "JouleMeters",
            dependencies: ["CAMDSMI", "CNVML", "CPlatform", "JouleHTTP", "JouleModel", "JouleProcess", "JouleUnits"],
            swiftSettings: strict),
        .target(
            name: "JouleBackends",
            dependencies: ["JouleHTTP", "JouleModel", "JouleProcess", "JouleUnits", "WorkerPayload"] + nio,
            swiftSettings: strict),
        .target(name: "JouleHub", dependencies: ["JouleHTTP", "JouleModel", "JouleUnits"], swiftSettings: strict),
        .target(name: "JouleGrid", dependencies: ["JouleHTTP", "JouleModel", "JouleUnits"], swiftSettings: strict),
        .target(
            name: "JouleServer", dependencies: ["JouleMeters", "JouleModel", "JouleReport", "JouleUnits", logging] + hummingbird + nio,
            swiftSettings: strict),
        .target(
            name: "JouleSinks", dependencies: ["JouleHTTP", "JouleModel", "JouleProcess", "JouleReport", "JouleUnits"],
            resources: [
                .embedInCode("WeightsAndBiases/joulebench_wandb.py"), .embedInCode("WeightsAndBiases/requirements.txt"),
            ],
            swiftSettings: strict),
        .target(
            name: "WorkerPayload",
            path: "worker",
            exclude: ["README.md", "tests"],
            sources: ["WorkerPayload.swift"],
            resources: [.embedInCode("joulebench_worker.py"), .embedInCode("joulebench_ranks.py"), .embedInCode("requirements.txt")],
            swiftSettings: strict),
        // a server without a model: for the tests in a process of its own, for `simulated` and `replay` inside the run's
        .target(name: "StubServing", dependencies: ["JouleModel", "JouleUnits", "JouleWorkload"] + nio, swiftSettings: strict),
        .target(name: "JouleStore", dependencies: ["JouleModel", "JouleReport", "JouleUnits"], swiftSettings: strict),
        // orchestration
        .target(
            name: "JouleRunner",
            dependencies: [
                "JouleAnalysis", "JouleBackends", "JouleConfiguration", "JouleGrid", "JouleHTTP", "JouleHub", "JouleMeters", "JouleModel",
                "JouleProcess", "JouleReport", "JouleSinks", "JouleStore", "JouleUnits", "JouleWorkload", "StubServing",
            ],
            swiftSettings: strict),
        // kit
        .target(
            name: "JouleKit",
            dependencies: [
                "JouleAnalysis", "JouleConfiguration", "JouleMeters", "JouleModel", "JouleRunner", "JouleStore", "JouleUnits",
            ],
            swiftSettings: strict),
        // surface
        .target(
            name: "JouleCLI",
            dependencies: [
                "JouleAnalysis", "JouleBackends", "JouleConfiguration", "JouleGrid", "JouleHub", "JouleMeters", "JouleModel",
                "JouleProcess",
                "JouleReport", "JouleRunner", "JouleServer", "JouleSinks", "JouleStatistics", "JouleStore", "JouleUnits", "JouleWorkload",
                argumentParser, logging,
            ],
            swiftSettings: strict),
        .executableTarget(name: "joulebench", dependencies: ["JouleCLI"], swiftSettings: strict),
        // programs that show the library at work
        .executableTarget(name: "ask", dependencies: ["JouleKit"], path: "Examples/ask", swiftSettings: strict),
        .executableTarget(name: "measure-prompts", dependencies: ["JouleKit"], path: "Examples/measure-prompts", swiftSettings: strict),
        // a stand-in for servers in a process of its own
        .executableTarget(name: "stub-server", dependencies: ["JouleModel", "StubServing", argumentParser], swiftSettings: strict),
        // tests
        .target(name: "FakeNVML", path: "Tests/FakeNVML"),
        .target(name: "FakeAMDSMI", path: "Tests/FakeAMDSMI"),
        .target(name: "JouleTestSupport", dependencies: ["JouleUnits"], path: "Tests/JouleTestSupport", swiftSettings: strict),
        .testTarget(name: "JouleUnitsTests", dependencies: ["JouleTestSupport", "JouleUnits"], swiftSettings: strict),
        .testTarget(
            name: "JouleMetersTests", dependencies: ["JouleAnalysis", "JouleMeters", "JouleModel", "JouleUnits", "JouleTestSupport"],
            swiftSettings: strict),
        .testTarget(name: "JouleStatisticsTests", dependencies: ["JouleStatistics"], swiftSettings: strict),
        .testTarget(
            name: "JouleAnalysisTests", dependencies: ["JouleAnalysis", "JouleModel", "JouleUnits", "JouleTestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "JouleConfigurationTests", dependencies: ["JouleConfiguration", "JouleModel", "JouleUnits", "JouleTestSupport"],
            exclude: ["Golden"],
            swiftSettings: strict),
        .testTarget(
            name: "JouleWorkloadTests", dependencies: ["JouleModel", "JouleUnits", "JouleWorkload"],
            swiftSettings: strict),
        .testTarget(
            name: "JouleReportTests", dependencies: ["JouleModel", "JouleReport", "JouleUnits", "JouleTestSupport"], exclude: ["Golden"],
            swiftSettings: strict),
        .testTarget(name: "JouleModelTests", dependencies: ["JouleModel", "JouleTestSupport", "JouleUnits"], swiftSettings: strict),
        .testTarget(
            name: "JouleStoreTests", dependencies: ["JouleModel", "JouleStore", "JouleTestSupport", "JouleUnits"], swiftSettings: strict),
        .testTarget(
            name: "JouleHTTPTests", dependencies: ["JouleHTTP", "JouleModel", "JouleTestSupport", "JouleUnits", "StubServing"],
            swiftSettings: strict),
        .testTarget(
            name: "JouleGridTests", dependencies: ["JouleGrid", "JouleModel", "JouleTestSupport", "JouleUnits"], swiftSettings: strict),
        .testTarget(
            name: "JouleServerTests",
            dependencies: ["JouleHTTP", "JouleMeters", "JouleModel", "JouleServer", "JouleTestSupport", "JouleUnits"],
            swiftSettings: strict),
        .testTarget(
            name: "JouleSinksTests",
            dependencies: ["JouleHTTP", "JouleModel", "JouleReport", "JouleSinks", "JouleTestSupport", "JouleUnits"], exclude: ["Golden"],
            swiftSettings: strict),
        .testTarget(
            name: "JouleHubTests", dependencies: ["JouleHTTP", "JouleHub", "JouleModel", "JouleTestSupport", "JouleUnits"],
            swiftSettings: strict),
        .testTarget(name: "JouleProcessTests", dependencies: ["JouleModel", "JouleProcess"], swiftSettings: strict),
        .testTarget(
            name: "JouleBackendsTests",
            dependencies: ["JouleBackends", "JouleModel", "JouleProcess", "JouleTestSupport", "JouleUnits", "WorkerPayload"] + nio,
            swiftSettings: strict),
        .testTarget(
            name: "StubServingTests", dependencies: ["JouleModel", "JouleTestSupport", "JouleUnits", "StubServing"] + nio,
            swiftSettings: strict),
        .testTarget(
            name: "JouleRunnerTests",
            dependencies: [
                "JouleAnalysis", "JouleBackends", "JouleConfiguration", "JouleMeters", "JouleModel", "JouleRunner", "JouleStore",
                "JouleTestSupport", "JouleUnits", "JouleWorkload",
            ],
            exclude: ["Golden"],
            swiftSettings: strict),
        .testTarget(name: "JouleKitTests", dependencies: ["JouleKit"], swiftSettings: strict),
        .testTarget(name: "EndToEndTests", swiftSettings: strict),
    ] + fuzzing
)
