#!/usr/bin/env bash
# A tour in tmux: the presenter on the left, an observer by real ssh at the upper right, the session's log below him.
# What looks like a secret is made up at run time. Everything is in a folder of its own and ends with the tour: leave
# the presenter's shell with `exit`. With DEMO_CHECK=1 nobody has to look: it prints what the observer saw, and ends.
set -euo pipefail
bin=$(cd "$(dirname "$0")/.." && pwd)/bin/lectern.js
for tool in tmux ssh node; do
  command -v "$tool" >/dev/null || { echo "the demo needs $tool" >&2; exit 1; }
done

dir=$(mktemp -d)
tmux=(tmux -S "$dir/tmux" -f /dev/null)
cleanup() {
  "${tmux[@]}" kill-server 2>/dev/null || true
  # lectern hangs up its program when its terminal goes; its last files follow.
  for _ in 1 2 3 4 5; do rm -rf "$dir" 2>/dev/null && break || sleep 0.5; done
}
trap cleanup EXIT
mkdir -m 700 "$dir/run" "$dir/work"
unset TMUX
export HOME=$dir XDG_RUNTIME_DIR=$dir/run XDG_CONFIG_HOME=$dir/config XDG_STATE_HOME=$dir/state LANG=C.UTF-8
cd "$dir/work"

made_up=ghp_$(od -An -tx1 -N 18 /dev/urandom | tr -d ' \n')
echo "GITHUB_TOKEN=$made_up" >.env
echo "PS1='\$ '; clear; ls -a --color=auto" >"$dir/rc"

"${tmux[@]}" new-session -d -s tour -x "$(tput cols 2>/dev/null || echo 160)" -y "$(tput lines 2>/dev/null || echo 40)" \
  "node '$bin' --listen 127.0.0.1:0 --name tour -- bash --rcfile '$dir/rc'; tmux -S '$dir/tmux' kill-server"
"${tmux[@]}" set -g mouse on
"${tmux[@]}" set -g status-right ' exit leaves · C-b o changes sides '

info() { node "$bin" session info --json 2>/dev/null; }
for _ in $(seq 100); do
  info >"$dir/info" && break || sleep 0.1
done
field() { node -p 'JSON.parse(require("fs").readFileSync(process.argv[1], "utf8"))[process.argv[2]]' "$dir/info" "$1"; }
options='-F /dev/null -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no -o LogLevel=ERROR'

"${tmux[@]}" split-window -h -t tour "ssh $options -p $(field port) $(field token)@127.0.0.1"
"${tmux[@]}" split-window -v -l 30% -t tour "tail -n +1 -F '$dir/state/lectern/log/$(field session).jsonl'"
"${tmux[@]}" select-pane -t tour.0
sleep 1
"${tmux[@]}" send-keys -t tour.0 'cat .env     # made up; look at the right' Enter

if [[ ${DEMO_CHECK:-} == 1 ]]; then
  sleep 1
  "${tmux[@]}" capture-pane -p -t tour.1
  "${tmux[@]}" send-keys -t tour.0 exit Enter
  for _ in $(seq 50); do "${tmux[@]}" has-session 2>/dev/null || break; sleep 0.1; done
else
  "${tmux[@]}" attach -t tour
fi
