/// What is wrong with what a server said, or why it refused: one line. The connection is of no use afterwards.
public struct DatabaseError: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String
    init(_ description: String) { self.description = description }

    /// - Parameter found: what there is instead; its begin is quoted.
    init(expected: String, found: JSON) { self.init("expected \(expected), found \(Self.quote(found))") }

    /// `where`, before what is wrong there.
    func at(_ place: String) -> DatabaseError { DatabaseError("\(place): \(description)") }

    /// The begin of a value's text.
    static func quote(_ value: JSON) -> String {
        let bytes = value.bytes
        guard bytes.count > Limits.quotedBytes else { return String(decoding: bytes, as: UTF8.self) }
        return String(decoding: bytes.prefix(Limits.quotedBytes), as: UTF8.self) + "…"
    }
}
