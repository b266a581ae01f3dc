/// Where the results of a run go besides the run directory: a file, or a service.
///
/// Which options a kind has is the decoder's to check; an option that the kind does not have is nil. Names of variables stand for secrets,
/// which are read when the run starts and never kept.
package struct ReporterSpec: Hashable, Sendable {
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        case json, jsonl, html, markdown, csv, codecarbon, vllm, mlflow, wandb, clickhouse, prometheus
    }

    package var kind: Kind
    /// The file that a kind of file is written to, relative to the working directory; nil for its usual place.
    package var outputFile: String?
    /// Base URL of a service; nil for the service's public one, where there is one.
    package var url: String?
    /// Weights & Biases: the project, and the user or team that it belongs to; nil for the key's own.
    package var project: String?
    package var entity: String?
    /// MLflow: the experiment that holds the runs; nil for the project's or the run's own name.
    package var experiment: String?
    /// ClickHouse: `table`, or `database.table`.
    package var table: String?
    /// Prometheus: the job that the Pushgateway groups by; nil for `joulebench`.
    package var job: String?
    /// Environment variables that hold the key, the bearer token, or name and password.
    package var apiKeyVariable: String?
    package var tokenVariable: String?
    package var userVariable: String?
    package var passwordVariable: String?
    /// Weights & Biases: the interpreter that has its package; nil for the one of `setup wandb`.
    package var python: String?

    package init(
        kind: Kind, outputFile: String? = nil, url: String? = nil, project: String? = nil, entity: String? = nil,
        experiment: String? = nil, table: String? = nil, job: String? = nil, apiKeyVariable: String? = nil, tokenVariable: String? = nil,
        userVariable: String? = nil, passwordVariable: String? = nil, python: String? = nil
    ) {
        self.kind = kind
        self.outputFile = outputFile
        self.url = url
        self.project = project
        self.entity = entity
        self.experiment = experiment
        self.table = table
        self.job = job
        self.apiKeyVariable = apiKeyVariable
        self.tokenVariable = tokenVariable
        self.userVariable = userVariable
        self.passwordVariable = passwordVariable
        self.python = python
    }
}

extension ReporterSpec.Kind {
    /// Whether it writes a file, and not to a service.
    package var isFile: Bool {
        switch self {
        case .json, .jsonl, .html, .markdown, .csv, .codecarbon, .vllm: true
        case .mlflow, .wandb, .clickhouse, .prometheus: false
        }
    }
}
