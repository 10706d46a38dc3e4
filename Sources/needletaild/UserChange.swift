import CDaemon
import Foundation
import VSwitch

/// Another user and group to run as.
struct UserChange {
    /// nil: the same one.
    private var name: String?
    private var uid: UInt32
    private var gid: UInt32

    /// "USER", "USER:GROUP" or ":GROUP". Throws `StartError` with OVS's sentence, also unless root asks.
    /// - Parameter pidfile: what OVS names in its sentence.
    init(_ text: String, pidfile: String?) throws(StartError) {
        let subject = pidfile ?? "(null)"
        guard getuid() == 0 || geteuid() == 0 else { throw StartError(problems: ["\(subject): only root can use --user option"]) }
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        uid = getuid()
        gid = getgid()
        if let user = parts.first, !user.isEmpty {
            name = user
            guard unsafe nt_find_user(user, &uid, &gid) == 0 else { throw StartError(problems: ["\(subject): user \(user) not found, aborting."]) }
        }
        if parts.count > 1, !parts[1].isEmpty {
            guard unsafe nt_find_group(parts[1], &gid) == 0 else { throw StartError(problems: ["\(subject): group \(parts[1]) not found, aborting."]) }
        }
    }

    /// Becomes that user. Throws `StartError` if the system refuses.
    func apply(pidfile: String?) throws(StartError) {
        let error = unsafe nt_become(name, uid, gid)
        guard error == 0 else { throw StartError(problems: ["\(pidfile ?? "(null)"): fail to change the user to \(name ?? "\(uid)"), aborting (\(errorText(error)))."]) }
    }
}
