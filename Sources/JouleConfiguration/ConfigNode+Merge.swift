extension ConfigNode {
    /// This value laid over a lower one: maps merge key by key, everything else replaces.
    ///
    /// The operation is associative, so `extends` chains give one result however they are folded. That needs a mark: in `map`
    /// over `scalar` over `map` the scalar must cut off the lowest map even when the two upper values are merged first, and so a map
    /// that replaced something else than a map remembers that it replaces whatever lies below.
    func merged(over lower: ConfigNode) -> ConfigNode {
        guard case .map(let upperEntries, let replaces) = content else { return self }
        guard !replaces else { return self }
        guard case .map(let lowerEntries, let lowerReplaces) = lower.content else {
            return ConfigNode(.map(upperEntries, replaces: true), at: origin)
        }
        var merged = lowerEntries
        for entry in upperEntries {
            if let index = merged.firstIndex(where: { $0.key == entry.key }) {
                let value = entry.value.merged(over: merged[index].value)
                merged[index] = Entry(key: entry.key, keyOrigin: entry.keyOrigin, value: value)
            } else {
                merged.append(entry)
            }
        }
        return ConfigNode(.map(merged, replaces: lowerReplaces), at: origin)
    }
}
