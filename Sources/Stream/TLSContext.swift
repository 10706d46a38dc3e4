import NIOSSL
import Synchronization
import SystemPackage

/// What a switch shows and trusts by TLS: made once of its files, for any number of connections, active and passive.
///
/// Both sides of a connection show certificates, and each verifies that the other's comes from one of its CAs; names of hosts are not
/// looked at (ovs-vswitchd.conf.db(5), table SSL). TLS 1.2 (RFC 5246) and 1.3 (RFC 8446), unless `TLSSettings` say otherwise.
public final class TLSContext: Sendable {
    public let files: TLSFiles
    let handshakeTime: Duration
    private let identity: TLSIdentity
    /// nil as long as the CAs are not known. Writers: `init`, `bootstrap`.
    private let verifying: Mutex<NIOSSLContext?>
    /// For connections that bring the CA's certificate.
    private let bootstrapping: NIOSSLContext

    /// Reads the files. Throws a `StreamError` whose line names the file and the problem.
    /// - Parameter handshakeTime: how long the handshake of a connection may take.
    public init(_ files: TLSFiles, handshakeTime: Duration = Limits.handshakeTime) throws(StreamError) {
        self.files = files
        self.handshakeTime = handshakeTime
        identity = TLSIdentity(
            settings: files.settings, key: try files.readPrivateKey(), chain: try TLSFiles.readCertificates(files.certificate),
            mismatch: StreamError(.tls, "\(files.privateKey): is not the key of the certificate in \(files.certificate)"))
        bootstrapping = try identity.context(trusting: [])
        var context: NIOSSLContext?
        do throws(StreamError) {
            context = try identity.context(trusting: try TLSFiles.readCertificates(files.caCertificate))
        } catch {
            guard files.bootstrapCACertificate, error.errno == Errno.noSuchFileOrDirectory.rawValue else { throw error }
        }
        verifying = Mutex(context)
    }

    /// What a new connection is made with, and whether it verifies its peer; if not, it serves `bootstrap` only.
    var forConnection: (context: NIOSSLContext, verifies: Bool) {
        verifying.withLock { $0 }.map { ($0, true) } ?? (bootstrapping, false)
    }

    /// Saves the CA's certificate that a peer has shown and trusts it from now on, unless another connection did so before.
    /// - Parameter chain: as the peer showed it, its own certificate first. The last one has to be a CA's own, self-signed.
    /// - Returns: why that connection is closed now, by which nothing was verified.
    func bootstrap(_ chain: [NIOSSLCertificate]) -> StreamError {
        let path = files.caCertificate
        guard let last = chain.last, last.isSelfIssued else {
            return StreamError(.tls, "the peer shows no self-signed certificate of its CA to make \(path) of")
        }
        do throws(StreamError) {
            try verifying.withLock { (context) throws(StreamError) in
                guard context == nil else { return }
                try files.writeCACertificate(last)
                context = try identity.context(trusting: try TLSFiles.readCertificates(path))
            }
            return StreamError(.tls, "closed, since \(path) has been made of the peer's CA certificate; the next connection is verified by it")
        } catch {
            return error
        }
    }
}

/// A private key and the certificates that go with it.
private struct TLSIdentity {
    let settings: TLSSettings
    let key: NIOSSLPrivateKey
    /// Its own certificate first.
    let chain: [NIOSSLCertificate]
    /// What is said if the key is another's.
    let mismatch: StreamError

    func context(trusting authorities: [NIOSSLCertificate]) throws(StreamError) -> NIOSSLContext {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain(to: authorities).map { .certificate($0) }, privateKey: .privateKey(key))
        settings.apply(to: &configuration)
        configuration.certificateVerification = .noHostnameVerification
        configuration.trustRoots = .certificates(authorities)
        configuration.sendCANameList = true
        // Who closes says so to the peer and does not wait for its answer, as with TCP.
        configuration.shutdownTimeout = .zero
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw mismatch
        }
    }

    /// The chain up to the CA's own certificate, if that is known, and what else is to be shown: a peer that has none yet can take it from there.
    private func chain(to authorities: [NIOSSLCertificate]) -> [NIOSSLCertificate] {
        var chain = chain
        while let last = chain.last, !last.isSelfIssued,
            let issuer = authorities.first(where: { $0.subjectName == last.issuerName }), !chain.contains(issuer) {
            chain.append(issuer)
        }
        return chain + settings.peerAuthorities.filter { !chain.contains($0) }
    }
}

extension NIOSSLCertificate {
    /// As a root CA's certificate is. The signature is not looked at: whoever trusts the certificate by itself needs none.
    fileprivate var isSelfIssued: Bool { !subjectName.isEmpty && subjectName == issuerName }
}
