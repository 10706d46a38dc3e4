import Foundation
import NIOSSL
import SystemPackage

/// What a switch's TLS is made of: its files, as table SSL names them (ovs-vswitchd.conf.db(5)). All are in PEM form.
public struct TLSFiles: Hashable, Sendable {
    /// The switch's own key, not encrypted.
    public var privateKey: String
    /// The certificate for it, and certificates that lead from there to its CA's, if there are any between.
    public var certificate: String
    /// The certificates of the CAs that peers' certificates have to come from.
    public var caCertificate: String
    /// If there is no file `caCertificate`, it is made of what the first peer shows. Until then nobody is verified.
    public var bootstrapCACertificate: Bool
    /// How TLS is spoken with them.
    public var settings: TLSSettings

    public init(privateKey: String, certificate: String, caCertificate: String, bootstrapCACertificate: Bool = false, settings: TLSSettings = TLSSettings()) {
        self.privateKey = privateKey
        self.certificate = certificate
        self.caCertificate = caCertificate
        self.bootstrapCACertificate = bootstrapCACertificate
        self.settings = settings
    }

    /// The file's key. Throws a `StreamError` that names the file.
    func readPrivateKey() throws(StreamError) -> NIOSSLPrivateKey {
        struct Encrypted: Error {}
        let bytes = try Self.read(privateKey)
        do {
            // Without a callback the library would ask for a password on the terminal.
            return try NIOSSLPrivateKey(bytes: bytes, format: .pem) { (_: NIOSSLPassphraseSetter<[UInt8]>) in throw Encrypted() }
        } catch {
            throw StreamError(.tls, "\(privateKey): expected a private key in PEM form, not encrypted")
        }
    }

    /// A file's certificates in their order, at least one. Throws a `StreamError` that names the file.
    static func readCertificates(_ path: String) throws(StreamError) -> [NIOSSLCertificate] {
        let bytes = try read(path)
        guard let certificates = try? NIOSSLCertificate.fromPEMBytes(bytes), !certificates.isEmpty else {
            throw StreamError(.tls, "\(path): expected certificates in PEM form")
        }
        return certificates
    }

    private static func read(_ path: String) throws(StreamError) -> [UInt8] {
        do {
            // Not to wait for a writer, should it be a pipe.
            let descriptor = try FileDescriptor.open(FilePath(path), .readOnly, options: [.nonBlocking, .closeOnExec])
            let handle = FileHandle(fileDescriptor: descriptor.rawValue, closeOnDealloc: true)
            let bytes = try handle.read(upToCount: Limits.keyFileBytes + 1) ?? Data()
            guard bytes.count <= Limits.keyFileBytes else { throw StreamError(.tls, "\(path): expected a file of at most \(Limits.keyFileBytes) bytes") }
            return [UInt8](bytes)
        } catch let error as Errno {
            throw StreamError(.system, "\(path): \(error)", errno: error.rawValue)
        } catch let error as StreamError {
            throw error
        } catch {
            throw StreamError(.system, "\(path): cannot be read")
        }
    }

    /// Makes the file `caCertificate` of one certificate; if there is a file meanwhile, that one stays. Throws a `StreamError` that names the file.
    func writeCACertificate(_ certificate: NIOSSLCertificate) throws(StreamError) {
        do {
            let base64 = Data(try certificate.toDERBytes()).base64EncodedString(options: [.lineLength64Characters, .endLineWithLineFeed])
            let text = "-----BEGIN CERTIFICATE-----\n\(base64)\n-----END CERTIFICATE-----\n"
            let descriptor = try FileDescriptor.open(
                FilePath(caCertificate), .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec], permissions: [.ownerRead, .groupRead, .otherRead])
            do {
                try descriptor.closeAfter { _ = try descriptor.writeAll(text.utf8) }
            } catch {
                // Half a file would be taken for a whole one.
                try? FileManager.default.removeItem(atPath: caCertificate)
                throw error
            }
        } catch Errno.fileExists {
            return
        } catch let error as Errno {
            throw StreamError(.system, "\(caCertificate): \(error)", errno: error.rawValue)
        } catch {
            throw StreamError(.tls, "\(caCertificate): cannot be written: \(error)")
        }
    }
}
