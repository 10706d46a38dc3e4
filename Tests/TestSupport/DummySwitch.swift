/// Runs a shell script beside an ovs-vswitchd with dummy devices, in a directory of its own, and ends the switch. In the
/// script, `ask COMMAND ARGUMENT…` is `ovs-appctl`; dummy@x is a datapath with the port p1 (1) that nothing else touches.
public func besideDummySwitch(_ script: String, input: String, seconds: Int = 120) async throws -> CommandResult {
    let start = """
        dir=$(mktemp -d)
        export OVS_RUNDIR=$dir OVS_DBDIR=$dir OVS_LOGDIR=$dir OVS_SYSCONFDIR=$dir
        trap 'kill $switch $database 2>/dev/null; wait; rm -rf "$dir"' EXIT
        ovsdb-tool create "$dir/conf.db" /usr/share/openvswitch/vswitch.ovsschema
        ovsdb-server --remote=punix:"$dir/db.sock" "$dir/conf.db" --log-file=/dev/null 2>/dev/null & database=$!
        ovs-vsctl --db=unix:"$dir/db.sock" --no-wait --retry -t 20 init
        ovs-vswitchd --enable-dummy --disable-system --unixctl="$dir/ctl" --log-file=/dev/null unix:"$dir/db.sock" 2>/dev/null & switch=$!
        ask() { ovs-appctl -t "$dir/ctl" -T 10 "$@" 2>/dev/null; }
        for try in $(seq 200); do ask version >/dev/null && break; sleep 0.05; done
        ask dpctl/add-dp dummy@x
        ask dpctl/add-if dummy@x p1,type=dummy

        """
    return try await command("bash", ["-c", start + script], input: input, seconds: seconds)
}
