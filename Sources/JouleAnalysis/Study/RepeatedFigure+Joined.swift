import JouleModel

extension RepeatedFigure {
    /// Figures of one kind from repetitions of one thing: their scatter by Student's t, and the gain of the sensors, which no repetition
    /// shrinks.
    package init(joining figures: [Figure], unit: String) { self = Repetitions.joined(figures, unit: unit) }
}
