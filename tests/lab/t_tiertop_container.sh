# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# tiertop in a container: crun with namespaces of its own (pid, mount, cgroup, user, network, IPC,
# UTS), no capabilities, read-only /sys, masked files and a seccomp filter that refuses what Docker's
# default one does; only a process's own pages may be asked about, so that fill can count. It sees
# the container's processes and no other; what is counted is exact, and what is refused says so.
# machines: 2s-pmem
# timeout: 300
# shellcheck source=/dev/null
. /lab/lib.sh

BOX=/tmp/box
mkdir -p $BOX/rootfs/{dev,proc,sys,usr,lab,tmp,out} $BOX/out
chmod 777 $BOX/out
for name in bin sbin lib lib64; do
	ln -s usr/$name $BOX/rootfs/$name
done

# What it runs: a small process and a large one, whose memory lies where their policy says, which
# they have inherited and could not set themselves; then records, then a screen.
cat > $BOX/rootfs/inside << 'EOS'
fill -s -w 2M > /out/small &
small=$!
fill -s -w 48M > /out/large &
large=$!
for _ in {1..300}; do
	grep -q end /out/small && grep -q end /out/large && break
	sleep 0.1
done
echo "$small $large" > /out/pids
grep -E '^(CapEff|CapBnd|NoNewPrivs|Seccomp):' /proc/self/status > /out/status
cat /proc/self/uid_map > /out/uid_map
cat /proc/self/cgroup > /out/cgroup
tiertop --no-config --once > /out/once 2> /out/once.err
echo $? > /out/once.status
tiertop --no-config --once --json > /out/json 2> /out/json.err
echo $? > /out/json.status
mkfifo /tmp/keys
: > /out/screen
onpty -i bash -c 'stty -a > /out/before; tiertop --no-config; echo $? > /out/screen.status
	stty -a > /out/after' < /tmp/keys > /out/screen &
exec 9> /tmp/keys
for _ in {1..200}; do
	grep -aq Quit /out/screen && break
	sleep 0.1
done
printf q >&9
wait $!
exec 9>&-
kill $small $large
EOS

namespaces=$(printf '{"type":"%s"},' pid mount cgroup user network ipc uts)
cat > $BOX/config.json << EOC
{
  "ociVersion": "1.0.0",
  "process": {
    "user": { "uid": 0, "gid": 0 },
    "args": ["bash", "/inside"],
    "env": ["PATH=/lab/bin:/usr/bin:/usr/sbin", "TERM=linux", "LINES=40", "COLUMNS=160"],
    "cwd": "/",
    "capabilities": {},
    "noNewPrivileges": true
  },
  "root": { "path": "rootfs", "readonly": true },
  "hostname": "box",
  "mounts": [
    { "destination": "/proc", "type": "proc", "source": "proc" },
    { "destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "mode=755"] },
    { "destination": "/dev/pts", "type": "devpts", "source": "devpts",
      "options": ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"] },
    { "destination": "/sys", "type": "sysfs", "source": "sysfs",
      "options": ["nosuid", "noexec", "nodev", "ro"] },
    { "destination": "/sys/fs/cgroup", "type": "cgroup", "source": "cgroup",
      "options": ["nosuid", "noexec", "nodev", "relatime", "ro"] },
    { "destination": "/tmp", "type": "tmpfs", "source": "tmpfs" },
    { "destination": "/usr", "type": "bind", "source": "/usr", "options": ["bind", "ro"] },
    { "destination": "/lab", "type": "bind", "source": "/lab", "options": ["bind", "ro"] },
    { "destination": "/out", "type": "bind", "source": "$BOX/out", "options": ["bind", "rw"] }
  ],
  "linux": {
    "uidMappings": [{ "containerID": 0, "hostID": 100000, "size": 65536 }],
    "gidMappings": [{ "containerID": 0, "hostID": 100000, "size": 65536 }],
    "namespaces": [${namespaces%,}],
    "maskedPaths": ["/proc/kcore", "/proc/keys", "/proc/timer_list", "/proc/pressure/memory",
      "/sys/firmware", "/sys/kernel/mm/numa"],
    "readonlyPaths": ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"],
    "seccomp": {
      "defaultAction": "SCMP_ACT_ALLOW",
      "syscalls": [{
        "names": ["get_mempolicy", "set_mempolicy", "mbind", "migrate_pages",
          "perf_event_open", "bpf", "process_vm_readv", "process_vm_writev", "ptrace"],
        "action": "SCMP_ACT_ERRNO", "errnoRet": 1
      }, {
        "names": ["move_pages"], "action": "SCMP_ACT_ERRNO", "errnoRet": 1,
        "args": [{ "index": 0, "value": 0, "op": "SCMP_CMP_NE" }]
      }]
    }
  }
}
EOC
gives 0 tierctl run --bind node:2 -- crun --cgroup-manager=cgroupfs run --no-pivot -b $BOX box
cp $BOX/out/* "$LAB_OUT/"
same "status of --once" "$(< $BOX/out/once.status)" 0
same "status of --json" "$(< $BOX/out/json.status)" 0
same "status of the screen" "$(< $BOX/out/screen.status)" 0
same "its terminal" "$(< $BOX/out/after)" "$(< $BOX/out/before)"
same "what --once says besides" "$(cat $BOX/out/once.err $BOX/out/json.err)" ""
like "capabilities" "$(< $BOX/out/status)" 'CapEff:.0000000000000000'
like "seccomp" "$(< $BOX/out/status)" 'Seccomp:.2'
like "its users" "$(< $BOX/out/uid_map)" '^ *0 +100000 +65536$'
same "its control group" "$(< $BOX/out/cgroup)" "0::/"
like "the screen" "$(tr -d '\0' < $BOX/out/screen)" 'fill -s -w 2M'
