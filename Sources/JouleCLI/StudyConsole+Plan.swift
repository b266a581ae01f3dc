import Foundation
import JouleConfiguration
import JouleModel
import JouleRunner
import JouleUnits

extension StudyPlan {
    /// The plan of a study that is made here and now.
    init(made loaded: LoadedStudy, runsPerTask: Int = 1) {
        let here = FileManager.default.currentDirectoryPath
        self.init(
            loaded, runsPerTask: runsPerTask, tool: Version.text, created: WallTime.text(ClockAnchor.now.unixSeconds),
            config: loaded.files.first.map { $0.hasPrefix("/") ? $0 : "\(here)/\($0)" }, workingDirectory: here)
    }
}

extension LoadedStudy {
    /// The study with each experiment as one run of it is made.
    var once: LoadedStudy {
        mapExperiments { experiment in
            var experiment = experiment
            experiment.repetitions = 1
            return experiment
        }
    }
}

extension MeterOptions {
    /// The study as it is run: each experiment once, and metered as the command line says.
    func apply(to loaded: LoadedStudy) throws -> LoadedStudy {
        try loaded.once.mapExperiments { experiment in
            var experiment = experiment
            experiment.metrics = try apply(to: experiment.metrics)
            return experiment
        }
    }
}
