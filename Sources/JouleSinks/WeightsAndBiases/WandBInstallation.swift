import Foundation
import JouleModel
import JouleProcess

/// Where the script for Weights & Biases and its Python environment live.
package struct WandBInstallation: Sendable {
    private let cache: String

    package init(variables: [String: String]) { cache = CacheFolder.path(variables) }

    /// The virtual environment that `setup wandb` makes.
    package var virtualEnvironment: String { cache + "/wandb" }
    package var interpreter: String { virtualEnvironment + "/bin/python" }
    /// Written last by `setup wandb`; holds the requirements that the environment was made from.
    private var marker: String { virtualEnvironment + "/joulebench-requirements.txt" }

    package var isReady: Bool {
        FileManager.default.contents(atPath: marker).map { Array($0) == PackageResources.requirements_txt } ?? false
    }

    /// Writes the embedded script to the cache if it is not there, byte for byte, and returns its path.
    func installScript() throws(Failure) -> String {
        let folder = cache + "/worker"
        let path = folder + "/joulebench_wandb.py"
        if let present = FileManager.default.contents(atPath: path), Array(present) == PackageResources.joulebench_wandb_py { return path }
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try Data(PackageResources.joulebench_wandb_py).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw Self.unwritable(path, error)
        }
        return path
    }

    /// Makes the environment with the package `wandb`.
    ///
    /// Safe to repeat: one that was made from the same requirements is left alone.
    /// - Parameters:
    ///   - force: make it anew all the same.
    ///   - say: called before each step.
    /// - Returns: whether anything had to be done.
    package func set(up python: String, force: Bool, say: @Sendable (String) -> Void) async throws -> Bool {
        if isReady, !force { return false }
        try await PythonSetup.check(python, area: "reporter")
        say("making a virtual environment at \(virtualEnvironment)")
        try? FileManager.default.removeItem(atPath: marker)
        try await PythonSetup.step(
            [python, "-m", "venv", virtualEnvironment], area: "reporter",
            remedy: "install the module venv (Debian: `apt-get install python3-venv`)")
        let requirements = virtualEnvironment + "/requirements.txt"
        do {
            try Data(PackageResources.requirements_txt).write(to: URL(fileURLWithPath: requirements), options: .atomic)
        } catch {
            throw Self.unwritable(requirements, error)
        }
        say("installing wandb and its dependencies (some hundred megabytes)")
        try await PythonSetup.step(
            [interpreter, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--requirement", requirements],
            area: "reporter", remedy: "check the network; pip's own words are above")
        let tried = try await capture(ChildSpec(executable: interpreter, arguments: ["-c", "import wandb; print(wandb.__version__)"]))
        guard tried.exit == .code(0) else {
            throw Failure("reporter.setup", "the new environment cannot import wandb", cause: ServiceClient.excerpt(tried.error))
        }
        say("ready: wandb \(tried.output.trimmingCharacters(in: .whitespacesAndNewlines))")
        do {
            try Data(PackageResources.requirements_txt).write(to: URL(fileURLWithPath: marker), options: .atomic)
        } catch {
            throw Self.unwritable(marker, error)
        }
        return true
    }

    private static func unwritable(_ path: String, _ error: any Error) -> Failure {
        Failure(
            "reporter.cache", "\(path) cannot be written", cause: error.localizedDescription,
            remedy: "set JOULEBENCH_CACHE to a folder that can be written")
    }
}
