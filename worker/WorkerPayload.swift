/// The Python worker and the list of packages it needs, as they are built into the binary.
package enum WorkerPayload {
    /// `joulebench_worker.py`.
    package static var script: [UInt8] { PackageResources.joulebench_worker_py }
    /// `joulebench_ranks.py`, which stands beside it.
    package static var ranks: [UInt8] { PackageResources.joulebench_ranks_py }
    /// `requirements.txt` for the environment that `setup pytorch` makes.
    package static var requirements: [UInt8] { PackageResources.requirements_txt }
}
