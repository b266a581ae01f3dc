/// Least squares with coefficients that are zero or more, for up to three columns.
package struct NonNegativeFit: Hashable, Sendable {
    /// Why the coefficients cannot be told apart.
    package enum Refusal: Error, Hashable, Sendable {
        /// Fewer observations than columns.
        case tooFew(observations: Int, columns: Int)
        /// The condition number of the columns, each scaled to length one; infinite when they are exactly dependent, or one is zero.
        case dependent(condition: Double)
    }

    /// Above this condition index of the scaled columns estimates are worthless: D. A. Belsley, E. Kuh, R. E. Welsch, "Regression
    /// Diagnostics" (1980), section 3.2.
    package static let conditionLimit = 100.0

    package let coefficients: [Double]
    /// Nil for a coefficient at its bound of zero, and where no degree of freedom is left.
    package let standardErrors: [Double?]
    /// Observed less fitted, one for each observation.
    package let residuals: [Double]
    /// One less the residuals' part of the variation around the mean; nil where the observations do not vary.
    package let rSquared: Double?

    /// The minimum of the squared residuals over non-negative coefficients.
    ///
    /// The problem is convex, so its solution is the unconstrained one on the columns that are not zero in it (C. L. Lawson,
    /// R. J. Hanson, "Solving Least Squares Problems", 1974, chapter 23). Three columns have eight such sets: all are solved, by
    /// orthogonalisation of the scaled columns, and the best that is feasible is taken.
    /// - Parameter columns: one array for each coefficient, as long as `target`. At most three.
    package init(columns: [[Double]], target: [Double]) throws(Refusal) {
        precondition(columns.count <= 3 && columns.allSatisfy { $0.count == target.count }, "up to three columns of equal length")
        guard target.count >= columns.count, !target.isEmpty else {
            throw .tooFew(observations: target.count, columns: columns.count)
        }
        let lengths = columns.map { dot($0, $0).squareRoot() }
        guard lengths.allSatisfy({ $0 > 0 }) else { throw .dependent(condition: .infinity) }
        let scaled = zip(columns, lengths).map { column, length in column.map { $0 / length } }
        let condition = Self.condition(of: scaled)
        guard condition <= Self.conditionLimit else { throw .dependent(condition: condition) }

        var best = (squares: dot(target, target), coefficients: Array(repeating: 0.0, count: columns.count))
        for set in 1..<(1 << columns.count) {
            let members = columns.indices.filter { set & (1 << $0) != 0 }
            let solution = Self.solve(members.map { scaled[$0] }, target)
            guard solution.allSatisfy({ $0 >= 0 }) else { continue }
            var candidate = Array(repeating: 0.0, count: columns.count)
            for (member, value) in zip(members, solution) { candidate[member] = value }
            let residuals = Self.residuals(scaled, candidate, target)
            let squares = dot(residuals, residuals)
            if squares < best.squares { best = (squares, candidate) }
        }

        let active = columns.indices.filter { best.coefficients[$0] > 0 }
        let residuals = Self.residuals(scaled, best.coefficients, target)
        let freedom = target.count - active.count
        let inverse = Self.inverseDiagonal(active.map { scaled[$0] })
        standardErrors = columns.indices.map { index in
            guard freedom > 0, let place = active.firstIndex(of: index) else { return nil }
            return (best.squares / Double(freedom) * inverse[place]).squareRoot() / lengths[index]
        }
        coefficients = zip(best.coefficients, lengths).map { $0 / $1 }
        self.residuals = residuals
        let mean = target.reduce(0, +) / Double(target.count)
        let variation = target.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        rSquared = variation > 0 ? 1 - best.squares / variation : nil
    }

    private static func residuals(_ columns: [[Double]], _ coefficients: [Double], _ target: [Double]) -> [Double] {
        target.indices.map { row in
            target[row] - zip(columns, coefficients).reduce(0) { $0 + $1.0[row] * $1.1 }
        }
    }

    // MARK: Orthogonalisation

    /// Q and R of the columns, by the modified Gram–Schmidt process; the target, carried along as a last column, keeps it as
    /// accurate as reflections are (Å. Björck, "Solving linear least squares problems by Gram-Schmidt orthogonalization", BIT 7, 1967).
    private static func solve(_ columns: [[Double]], _ target: [Double]) -> [Double] {
        let (triangle, right) = factor(columns, target)
        var solution = Array(repeating: 0.0, count: columns.count)
        for row in columns.indices.reversed() {
            var value = right[row]
            for column in (row + 1)..<max(columns.count, row + 1) { value -= triangle[row][column] * solution[column] }
            solution[row] = value / triangle[row][row]
        }
        return solution
    }

    private static func factor(_ columns: [[Double]], _ target: [Double]) -> (triangle: [[Double]], right: [Double]) {
        var rest = columns + [target]
        let count = columns.count
        var triangle = Array(repeating: Array(repeating: 0.0, count: count + 1), count: count)
        for pivot in 0..<count {
            let length = dot(rest[pivot], rest[pivot]).squareRoot()
            triangle[pivot][pivot] = length
            let direction = rest[pivot].map { $0 / length }
            for other in (pivot + 1)...count {
                let share = dot(direction, rest[other])
                triangle[pivot][other] = share
                for row in direction.indices { rest[other][row] -= share * direction[row] }
            }
        }
        return (triangle, triangle.map { $0[count] })
    }

    /// The diagonal of (XᵀX)⁻¹ = R⁻¹R⁻ᵀ: the squared lengths of the rows of R⁻¹.
    private static func inverseDiagonal(_ columns: [[Double]]) -> [Double] {
        guard let rows = columns.first?.count else { return [] }
        let (triangle, _) = factor(columns, Array(repeating: 0, count: rows))
        var sums = Array(repeating: 0.0, count: columns.count)
        for column in columns.indices {
            var inverse = Array(repeating: 0.0, count: columns.count)
            for row in (0...column).reversed() {
                var value = row == column ? 1.0 : 0
                for inner in (row + 1)..<max(column + 1, row + 1) { value -= triangle[row][inner] * inverse[inner] }
                inverse[row] = value / triangle[row][row]
            }
            for row in columns.indices { sums[row] += inverse[row] * inverse[row] }
        }
        return sums
    }

    // MARK: Condition

    /// The largest singular value over the smallest, from the eigenvalues of the columns' products by Jacobi's rotations.
    private static func condition(of columns: [[Double]]) -> Double {
        var matrix = columns.map { left in columns.map { dot(left, $0) } }
        for _ in 0..<30 {
            for row in matrix.indices {
                for column in (row + 1)..<max(matrix.count, row + 1) where matrix[row][column] != 0 { rotate(&matrix, row, column) }
            }
        }
        let values = matrix.indices.map { matrix[$0][$0] }
        guard let largest = values.max(), let smallest = values.min() else { return 1 }
        // Products lose half of the digits: below this an eigenvalue is the rounding of zero.
        return smallest > largest * 1e-14 ? (largest / smallest).squareRoot() : .infinity
    }

    private static func rotate(_ matrix: inout [[Double]], _ row: Int, _ column: Int) {
        let half = (matrix[column][column] - matrix[row][row]) / (2 * matrix[row][column])
        let tangent = (half < 0 ? -1 : 1) / (abs(half) + (half * half + 1).squareRoot())
        let cosine = 1 / (tangent * tangent + 1).squareRoot()
        let sine = tangent * cosine
        for index in matrix.indices {
            let (left, right) = (matrix[index][row], matrix[index][column])
            matrix[index][row] = cosine * left - sine * right
            matrix[index][column] = sine * left + cosine * right
        }
        for index in matrix.indices {
            let (upper, lower) = (matrix[row][index], matrix[column][index])
            matrix[row][index] = cosine * upper - sine * lower
            matrix[column][index] = sine * upper + cosine * lower
        }
    }
}

private func dot(_ left: [Double], _ right: [Double]) -> Double { zip(left, right).reduce(0) { $0 + $1.0 * $1.1 } }
