import VSwitch

extension DaemonOptions {
    static var help: String {
        """
        \(Program.name): virtual switch daemon
        usage: \(Program.name) --config=FILE [OPTIONS]
               \(Program.name) [OPTIONS] [DATABASE]
        where DATABASE is a socket on which ovsdb-server is listening
              (default: "unix:\(OVSFolder.run)/db.sock").

        Without a database:
          --config=FILE           the switch that this YAML file describes; SIGHUP rereads it
          --check                 check the file and do nothing else
          --run-for=SECONDS       end after so many seconds, not counting the warm-up
          --warm-up=SECONDS       run so long before the counters of the report begin
          --report=FILE           write what was counted to this file, as JSON, at the end and upon SIGUSR1

        Daemon options:
          --detach                run in background as daemon
          --monitor               creates a process to monitor this daemon
          --user=username[:group] changes the effective daemon user:group
          --no-chdir              do not chdir to '/'
          --pidfile[=FILE]        create pidfile (default: \(OVSFolder.run)/\(Program.name).pid)
          --overwrite-pidfile     with --pidfile, start even if already running
          --mlockall              lock all memory into RAM

        Logging options:
          -vSPEC, --verbose=SPEC   set logging levels
          -v, --verbose            set maximum verbosity level
          --log-file[=FILE]        enable logging to specified FILE
                                   (default: \(OVSFolder.log)/\(Program.name).log)
          --syslog-method=(libc|unix:file|udp:ip:port|null)
                                   specify how to send messages to syslog daemon
          --syslog-target=HOST:PORT  also send syslog msgs to HOST:PORT via UDP

        For tests:
          --enable-dummy[=LEVEL]  a datapath without threads, dummy@ovs-dummy, whose ports of the dummy classes are in memory;
                                  LEVEL "system": those of class system too, "override": all
          --dummy-numa=NODE,…     as if there were a core of each of these NUMA nodes
        PKI options of ovs-vswitchd are for connections to the database and to controllers.

        Other options:
          --unixctl=SOCKET          override default control socket name
          -h, --help                display this help message
          -V, --version             display version information
        """
    }
}
