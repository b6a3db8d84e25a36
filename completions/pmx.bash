# bash completion of pmx. Made by: pmx completion bash
# Words and flags stand in here; values come from pmx complete, which has them cached.

__pmx_columns='--columns --sort-by --filter --no-headers --strict'
__pmx_watch='--watch'
__pmx_dry_run='--dry-run --as --yes --quiet --keep-on-failure --fail-fast --wait-lock'
__pmx_parallel='--parallel'
__pmx_user='--user'
__pmx_comment='--comment'
__pmx_wait='--wait --no-wait'
__pmx_selector='--selector'
__pmx_allow_empty='--allow-empty'
__pmx_vmid='--vmid'
__pmx_in='--in'
__pmx_ca_cert='--ca-cert'
__pmx_memory='--memory --cores'
__pmx_password_stdin='--password-stdin'
__pmx_insecure='--insecure --allow-legacy-tls'
__pmx_no_fail_fast='--no-fail-fast'
__pmx_file='--file --port'
__pmx_yes='--yes'
__pmx_data='--data'

__pmx_children() {
  case "$1" in
    '') echo 'access api apply audit auth backup catalog cloudinit cluster completion config context ct delete describe diff doctor examples explain export get ha idrac init login logout menu net node op plugins pool preflight sandbox schedule status storage task template time top undo update version vm wait whoami' ;;
    'access') echo 'acl group realm role token user' ;;
    'access acl') echo 'list remove set' ;;
    'access group') echo 'create delete list show' ;;
    'access realm') echo 'list' ;;
    'access role') echo 'create delete list set show' ;;
    'access token') echo 'create delete list' ;;
    'access user') echo 'create delete list set show' ;;
    'api') echo 'delete get post put' ;;
    'audit') echo 'list verify' ;;
    'auth') echo 'can-i role test' ;;
    'backup') echo 'create delete job list prune restore show verify' ;;
    'backup job') echo 'create delete disable enable list run set show' ;;
    'catalog') echo 'cache list search show update verify' ;;
    'catalog cache') echo 'list path prune' ;;
    'cloudinit') echo 'render schema validate' ;;
    'cluster') echo 'resources status' ;;
    'config') echo 'audit decrypt edit encrypt get history import migrate path reset restore schema set unset view' ;;
    'context') echo 'add copy export import list remove rename show use validate' ;;
    'ct') echo 'backup clone console cp create delete disk exec list migrate nic pending reboot rename resize resume set show shutdown snapshot ssh start stop suspend tag template watch' ;;
    'ct disk') echo 'add detach list move remove resize' ;;
    'ct nic') echo 'add list remove set' ;;
    'ct snapshot') echo 'create delete list prune rollback' ;;
    'ct template') echo 'download list' ;;
    'ha') echo 'add list remove rules set status' ;;
    'idrac') echo 'cert check connect info login logout pin power scan time window' ;;
    'idrac cert') echo 'csr export replace reset show' ;;
    'idrac power') echo 'cycle off on reset status' ;;
    'idrac time') echo 'show sync' ;;
    'net') echo 'check' ;;
    'node') echo 'drain list reboot show shutdown undrain wake' ;;
    'op') echo 'list prune resume rollback show' ;;
    'plugins') echo 'inspect install link list new uninstall update' ;;
    'pool') echo 'add create delete list remove show' ;;
    'sandbox') echo 'env fault log record reset start status stop' ;;
    'sandbox fault') echo 'add clear list' ;;
    'schedule') echo 'add list remove' ;;
    'storage') echo 'content delete download list orphans prune show upload' ;;
    'task') echo 'list log show stop wait' ;;
    'template') echo 'backup build clone create delete diff export list outdated promote prune refresh restore rollback show snippet test validate versions' ;;
    'template snippet') echo 'list show' ;;
    'time') echo 'exec restore run shift status window' ;;
    'update') echo 'rollback' ;;
    'vm') echo 'agent backup clone console cp create delete deploy-timeshift disk exec list migrate nic pending profile reboot rename reset resize resume set show shutdown snapshot ssh start stop suspend tag watch' ;;
    'vm agent') echo 'file-read file-write freeze fsinfo fstrim info network osinfo passwd ping thaw time users' ;;
    'vm disk') echo 'add detach list move remove resize' ;;
    'vm nic') echo 'add list remove set' ;;
    'vm profile') echo 'list remove set show' ;;
    'vm snapshot') echo 'create delete list prune rollback' ;;
  esac
}

__pmx_flags() {
  case "$1" in
    'access acl list') echo "--path --who $__pmx_columns $__pmx_watch" ;;
    'access acl remove') echo "--role --group --token $__pmx_dry_run $__pmx_parallel $__pmx_user" ;;
    'access acl set') echo "--role --group --token --propagate --no-propagate $__pmx_dry_run $__pmx_parallel $__pmx_user" ;;
    'access group create') echo "$__pmx_dry_run $__pmx_parallel $__pmx_comment" ;;
    'access group delete') echo "$__pmx_dry_run $__pmx_parallel" ;;
    'access group list') echo "$__pmx_columns $__pmx_watch" ;;
    'access realm list') echo "$__pmx_columns $__pmx_watch" ;;
    'access role create') echo "--privilege $__pmx_dry_run $__pmx_parallel" ;;
    'access role delete') echo "$__pmx_dry_run $__pmx_parallel" ;;
    'access role list') echo "$__pmx_columns $__pmx_watch" ;;
    'access role set') echo "--privilege --add --remove $__pmx_dry_run $__pmx_parallel" ;;
    'access token create') echo "--expire --privsep --no-privsep $__pmx_dry_run $__pmx_parallel $__pmx_comment" ;;
    'access token delete') echo "$__pmx_dry_run $__pmx_parallel" ;;
    'access token list') echo "$__pmx_columns $__pmx_watch" ;;
    'access user create') echo "--group --email --first-name --last-name --expire --disable --password-stdin $__pmx_dry_run $__pmx_parallel $__pmx_comment" ;;
    'access user delete') echo "$__pmx_dry_run $__pmx_parallel" ;;
    'access user list') echo "$__pmx_columns $__pmx_watch" ;;
    'access user set') echo "--group --email --first-name --last-name --expire --disable --enable $__pmx_dry_run $__pmx_parallel $__pmx_comment" ;;
    'api delete') echo "$__pmx_dry_run $__pmx_parallel $__pmx_wait" ;;
    'api post') echo "$__pmx_dry_run $__pmx_parallel $__pmx_wait" ;;
    'api put') echo "$__pmx_dry_run $__pmx_parallel $__pmx_wait" ;;
    'apply') echo "--file --var --replace $__pmx_dry_run $__pmx_parallel" ;;
    'audit list') echo "--limit $__pmx_columns $__pmx_watch" ;;
    'audit verify') echo "--head" ;;
    'auth role') echo "--for --name --user --token --apply $__pmx_dry_run $__pmx_parallel" ;;
    'backup create') echo "--storage --mode --compress --notes --protected --keep $__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty" ;;
    'backup delete') echo "$__pmx_dry_run $__pmx_parallel" ;;
    'backup job create') echo "--schedule --storage --all --vmid --pool --exclude --node --mode --compress --keep-last --keep-hourly --keep-daily --keep-weekly --keep-monthly --keep-yearly --notes --comment --enabled --no-enabled --protected --no-protected --repeat-missed --no-repeat-missed $__pmx_dry_run $__pmx_parallel" ;;
    'backup job delete') echo "$__pmx_dry_run $__pmx_parallel" ;;
    'backup job disable') echo "$__pmx_dry_run $__pmx_parallel" ;;
    'backup job enable') echo "$__pmx_dry_run $__pmx_parallel" ;;
    'backup job list') echo "$__pmx_columns $__pmx_watch" ;;
    'backup job run') echo "--prune $__pmx_dry_run $__pmx_parallel" ;;
    'backup job set') echo "--schedule --storage --all --vmid --pool --exclude --node --mode --compress --keep-last --keep-hourly --keep-daily --keep-weekly --keep-monthly --keep-yearly --notes --comment --enabled --no-enabled --protected --no-protected --repeat-missed --no-repeat-missed --unset $__pmx_dry_run $__pmx_parallel" ;;
    'backup list') echo "--storage --node $__pmx_columns $__pmx_watch" ;;
    'backup prune') echo "--storage --keep-last --keep-hourly --keep-daily --keep-weekly --keep-monthly --keep-yearly $__pmx_dry_run $__pmx_parallel" ;;
    'backup restore') echo "--node --storage --name --start --force $__pmx_dry_run $__pmx_parallel $__pmx_vmid" ;;
    'backup verify') echo "--storage $__pmx_columns $__pmx_watch" ;;
    'catalog cache list') echo "$__pmx_columns $__pmx_watch" ;;
    'catalog cache prune') echo "--all $__pmx_dry_run $__pmx_parallel" ;;
    'catalog list') echo "$__pmx_columns $__pmx_watch" ;;
    'catalog search') echo "$__pmx_columns $__pmx_watch" ;;
    'catalog update') echo "--from --check $__pmx_dry_run $__pmx_parallel" ;;
    'catalog verify') echo "--arch --junit $__pmx_columns $__pmx_watch" ;;
    'cloudinit render') echo "--set --values --multipart --out --iso --layout --hostname --instance-id --meta-data --network-config --vendor-data" ;;
    'cloudinit schema') echo "--kind" ;;
    'cloudinit validate') echo "--kind --set --values --strict" ;;
    'cluster resources') echo "--type $__pmx_columns $__pmx_watch" ;;
    'config audit') echo "$__pmx_columns $__pmx_watch" ;;
    'config decrypt') echo "$__pmx_dry_run $__pmx_parallel" ;;
    'config edit') echo "--editor $__pmx_dry_run $__pmx_parallel $__pmx_in" ;;
    'config encrypt') echo "$__pmx_dry_run $__pmx_parallel" ;;
    'config history') echo "$__pmx_columns $__pmx_watch $__pmx_in" ;;
    'config import') echo "--from --name --replace $__pmx_dry_run $__pmx_parallel" ;;
    'config migrate') echo "$__pmx_dry_run $__pmx_parallel $__pmx_in" ;;
    'config path') echo "$__pmx_columns $__pmx_watch" ;;
    'config reset') echo "--all $__pmx_dry_run $__pmx_parallel $__pmx_in" ;;
    'config restore') echo "$__pmx_dry_run $__pmx_parallel $__pmx_in" ;;
    'config set') echo "$__pmx_dry_run $__pmx_parallel $__pmx_in" ;;
    'config unset') echo "$__pmx_dry_run $__pmx_parallel $__pmx_in" ;;
    'config view') echo "--origins $__pmx_columns $__pmx_watch" ;;
    'context add') echo "--host --token-id --token-stdin --fingerprint --insecure --default-node --default-storage --default-bridge --default-pool --vmids --tags --endpoint --proxy --header --read-only --confirm --secret-command --replace $__pmx_dry_run $__pmx_parallel $__pmx_ca_cert" ;;
    'context copy') echo "$__pmx_dry_run $__pmx_parallel" ;;
    'context export') echo "--format --with-secrets" ;;
    'context import') echo "--only --replace $__pmx_dry_run $__pmx_parallel" ;;
    'context list') echo "$__pmx_columns $__pmx_watch" ;;
    'context remove') echo "$__pmx_dry_run $__pmx_parallel" ;;
    'context rename') echo "$__pmx_dry_run $__pmx_parallel" ;;
    'context use') echo "$__pmx_dry_run $__pmx_parallel" ;;
    'context validate') echo "$__pmx_columns $__pmx_watch" ;;
    'ct backup') echo "--storage --mode --compress --notes --protected --keep $__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty" ;;
    'ct clone') echo "--linked --full --snapshot --target-node --storage --pool $__pmx_dry_run $__pmx_parallel $__pmx_vmid" ;;
    'ct console') echo "--escape $__pmx_dry_run $__pmx_parallel" ;;
    'ct cp') echo "--user --host --port --identity --jump --via --print --mode $__pmx_dry_run $__pmx_parallel" ;;
    'ct create') echo "--template --node --storage --pool --rootfs --swap --net --ip --unprivileged --no-unprivileged --features --nameserver --searchdomain --onboot --password --password-stdin --ssh-key --tags --start --wait --wait-timeout $__pmx_dry_run $__pmx_parallel $__pmx_vmid $__pmx_memory" ;;
    'ct delete') echo "--stop --keep-backups --delete-backups --backup-first --backup-storage --purge --no-purge $__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty" ;;
    'ct disk add') echo "--size --storage --slot --backup --no-backup --path --ro $__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty" ;;
    'ct disk detach') echo "$__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty" ;;
    'ct disk list') echo "$__pmx_columns $__pmx_watch $__pmx_selector $__pmx_allow_empty" ;;
    'ct disk move') echo "--storage --delete --no-delete $__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty" ;;
    'ct disk remove') echo "$__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty" ;;
    'ct disk resize') echo "$__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty" ;;
    'ct exec') echo "--user --host --port --identity --jump --print $__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty" ;;
    'ct list') echo "--node $__pmx_columns $__pmx_watch $__pmx_selector" ;;
    'ct migrate') echo "--to --target-storage --restart $__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty" ;;
    'ct nic add') echo "--bridge --vlan --mtu --rate --firewall --no-firewall --link-down --no-link-down --mac --name --ip $__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty" ;;
    'ct nic list') echo "$__pmx_columns $__pmx_watch $__pmx_selector $__pmx_allow_empty" ;;
    'ct nic remove') echo "$__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty" ;;
    'ct nic set') echo "--bridge --vlan --mtu --rate --firewall --no-firewall --link-down --no-link-down --mac --name --ip $__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty" ;;
    'ct pending') echo "--all $__pmx_columns $__pmx_watch" ;;
    'ct reboot') echo "--timeout $__pmx_dry_run $__pmx_parallel $__pmx_wait $__pmx_selector $__pmx_allow_empty" ;;
    'ct rename') echo "$__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty" ;;
    'ct resize') echo "$__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty" ;;
    'ct resume') echo "$__pmx_dry_run $__pmx_parallel $__pmx_wait $__pmx_selector $__pmx_allow_empty" ;;
    'ct set') echo "--hostname --description --cpulimit --cpuunits --onboot --no-onboot --protection --no-protection --startup --tags --nameserver --searchdomain --set --delete --swap --features --timezone --ostype $__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty $__pmx_memory" ;;
    'ct shutdown') echo "--timeout --force $__pmx_dry_run $__pmx_parallel $__pmx_wait $__pmx_selector $__pmx_allow_empty" ;;
    'ct snapshot create') echo "--name --description $__pmx_dry_run $__pmx_parallel $__pmx_wait $__pmx_selector $__pmx_allow_empty" ;;
    'ct snapshot delete') echo "$__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty" ;;
    'ct snapshot list') echo "$__pmx_columns $__pmx_watch $__pmx_selector $__pmx_allow_empty" ;;
    'ct snapshot prune') echo "--keep --older-than --match $__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty" ;;
    'ct snapshot rollback') echo "--start $__pmx_dry_run $__pmx_parallel $__pmx_wait $__pmx_selector $__pmx_allow_empty" ;;
    'ct ssh') echo "--user --host --port --identity --jump --tty --print $__pmx_dry_run $__pmx_parallel" ;;
    'ct start') echo "$__pmx_dry_run $__pmx_parallel $__pmx_wait $__pmx_selector $__pmx_allow_empty" ;;
    'ct stop') echo "$__pmx_dry_run $__pmx_parallel $__pmx_wait $__pmx_selector $__pmx_allow_empty" ;;
    'ct suspend') echo "$__pmx_dry_run $__pmx_parallel $__pmx_wait $__pmx_selector $__pmx_allow_empty" ;;
    'ct tag') echo "--add --remove --set $__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty" ;;
    'ct template download') echo "--node --storage $__pmx_dry_run $__pmx_parallel" ;;
    'ct template list') echo "--node --downloaded $__pmx_columns $__pmx_watch" ;;
    'ct watch') echo "--interval --until --timeout --exec $__pmx_selector $__pmx_allow_empty" ;;
    'delete') echo "--file --var --stop $__pmx_dry_run $__pmx_parallel" ;;
    'diff') echo "--file --var" ;;
    'doctor') echo "--watch" ;;
    'ha add') echo "--state --max-restart --max-relocate $__pmx_dry_run $__pmx_parallel $__pmx_comment $__pmx_selector $__pmx_allow_empty" ;;
    'ha list') echo "$__pmx_columns $__pmx_watch" ;;
    'ha remove') echo "$__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty" ;;
    'ha rules') echo "$__pmx_columns $__pmx_watch" ;;
    'ha set') echo "--state --max-restart --max-relocate $__pmx_dry_run $__pmx_parallel $__pmx_comment $__pmx_selector $__pmx_allow_empty" ;;
    'ha status') echo "$__pmx_columns $__pmx_watch" ;;
    'idrac cert csr') echo "--cn --san --organization --unit --city --state --country --email $__pmx_dry_run $__pmx_parallel $__pmx_user $__pmx_ca_cert $__pmx_password_stdin $__pmx_insecure" ;;
    'idrac cert export') echo "--type $__pmx_user $__pmx_ca_cert $__pmx_password_stdin $__pmx_insecure" ;;
    'idrac cert replace') echo "--cert --key --csr --pfx $__pmx_dry_run $__pmx_parallel $__pmx_user $__pmx_ca_cert $__pmx_password_stdin $__pmx_insecure" ;;
    'idrac cert reset') echo "--repin $__pmx_dry_run $__pmx_parallel $__pmx_user $__pmx_ca_cert $__pmx_password_stdin $__pmx_insecure $__pmx_no_fail_fast $__pmx_file" ;;
    'idrac cert show') echo "--pem --checkend" ;;
    'idrac check') echo "--warn --crit --fail-on --parallel --deadline --deep --nagios --prometheus --report $__pmx_file $__pmx_yes" ;;
    'idrac connect') echo "--via --to --max-days --for --local-port --shell --no-shell --user --via-host --identity $__pmx_dry_run $__pmx_parallel" ;;
    'idrac info') echo "--deep" ;;
    'idrac login') echo "$__pmx_dry_run $__pmx_parallel $__pmx_user $__pmx_password_stdin" ;;
    'idrac logout') echo "$__pmx_dry_run $__pmx_parallel" ;;
    'idrac pin') echo "--repin --remove $__pmx_dry_run $__pmx_parallel" ;;
    'idrac power cycle') echo "--timeout --node-drained $__pmx_dry_run $__pmx_parallel $__pmx_user $__pmx_ca_cert $__pmx_password_stdin $__pmx_insecure $__pmx_no_fail_fast $__pmx_file" ;;
    'idrac power off') echo "--timeout --force --node-drained $__pmx_dry_run $__pmx_parallel $__pmx_user $__pmx_ca_cert $__pmx_password_stdin $__pmx_insecure $__pmx_no_fail_fast $__pmx_file" ;;
    'idrac power on') echo "--timeout $__pmx_dry_run $__pmx_parallel $__pmx_user $__pmx_ca_cert $__pmx_password_stdin $__pmx_insecure $__pmx_no_fail_fast $__pmx_file" ;;
    'idrac power reset') echo "--timeout --force --node-drained $__pmx_dry_run $__pmx_parallel $__pmx_user $__pmx_ca_cert $__pmx_password_stdin $__pmx_insecure $__pmx_no_fail_fast $__pmx_file" ;;
    'idrac power status') echo "$__pmx_columns $__pmx_watch $__pmx_user $__pmx_ca_cert $__pmx_password_stdin $__pmx_insecure $__pmx_file $__pmx_yes" ;;
    'idrac scan') echo "--all --parallel $__pmx_columns $__pmx_watch $__pmx_file $__pmx_yes" ;;
    'idrac time show') echo "--auth $__pmx_columns $__pmx_watch $__pmx_user $__pmx_ca_cert $__pmx_password_stdin $__pmx_insecure $__pmx_file $__pmx_yes" ;;
    'idrac time sync') echo "--ntp --now $__pmx_dry_run $__pmx_parallel $__pmx_user $__pmx_ca_cert $__pmx_password_stdin $__pmx_insecure $__pmx_no_fail_fast $__pmx_file" ;;
    'idrac window') echo "--for --date --host-timeout $__pmx_file $__pmx_yes" ;;
    'init') echo "--host --user --token-id --shell $__pmx_dry_run $__pmx_parallel" ;;
    'login') echo "--host --fingerprint --insecure --proxy --user --realm --password-stdin --otp --token-id --token-stdin --create-token --no-create-token --token-name --role --use --replace $__pmx_dry_run $__pmx_parallel $__pmx_ca_cert" ;;
    'logout') echo "--revoke --password-stdin --otp $__pmx_dry_run $__pmx_parallel" ;;
    'net check') echo "--warn --crit --fail-on --parallel --deadline --deep --nagios --prometheus --report $__pmx_file $__pmx_yes" ;;
    'node drain') echo "--parallel --to --skip-blocked --with-local-disks --running-only $__pmx_dry_run" ;;
    'node list') echo "$__pmx_columns $__pmx_watch" ;;
    'node reboot') echo "$__pmx_dry_run $__pmx_parallel" ;;
    'node shutdown') echo "$__pmx_dry_run $__pmx_parallel" ;;
    'node undrain') echo "$__pmx_dry_run $__pmx_parallel" ;;
    'node wake') echo "$__pmx_dry_run $__pmx_parallel" ;;
    'op list') echo "--open --status --since --limit $__pmx_columns $__pmx_watch" ;;
    'op prune') echo "--older-than --keep $__pmx_dry_run $__pmx_parallel" ;;
    'op resume') echo "$__pmx_dry_run $__pmx_parallel" ;;
    'op rollback') echo "$__pmx_dry_run $__pmx_parallel" ;;
    'plugins install') echo "--allow-scripts $__pmx_dry_run $__pmx_parallel" ;;
    'plugins link') echo "$__pmx_dry_run $__pmx_parallel" ;;
    'plugins list') echo "$__pmx_columns $__pmx_watch" ;;
    'plugins new') echo "$__pmx_dry_run $__pmx_parallel" ;;
    'plugins uninstall') echo "$__pmx_dry_run $__pmx_parallel" ;;
    'plugins update') echo "$__pmx_dry_run $__pmx_parallel" ;;
    'pool add') echo "--storage --move $__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty" ;;
    'pool create') echo "$__pmx_dry_run $__pmx_parallel $__pmx_comment" ;;
    'pool delete') echo "--remove-members $__pmx_dry_run $__pmx_parallel" ;;
    'pool list') echo "$__pmx_columns $__pmx_watch" ;;
    'pool remove') echo "--storage $__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty" ;;
    'sandbox env') echo "--show-secret $__pmx_data" ;;
    'sandbox fault add') echo "--file --id --method --path --nth --times --probability --seed --action --after --status --percent --message --seconds --storage --node --bytes --vmid $__pmx_dry_run $__pmx_parallel $__pmx_data" ;;
    'sandbox fault clear') echo "$__pmx_dry_run $__pmx_parallel $__pmx_data" ;;
    'sandbox fault list') echo "$__pmx_columns $__pmx_watch $__pmx_data" ;;
    'sandbox log') echo "--follow --limit $__pmx_data" ;;
    'sandbox record') echo "--out --count $__pmx_dry_run $__pmx_parallel" ;;
    'sandbox reset') echo "$__pmx_dry_run $__pmx_parallel $__pmx_data" ;;
    'sandbox start') echo "--detach --port --nodes --guests --idrac --seed --speed --latency-millis --engine --memory-limit --cpu-limit --open-network --task-millis --agent-delay-millis --stale-millis --lock-timeout-millis --allow-host --capacity $__pmx_dry_run $__pmx_parallel $__pmx_data" ;;
    'sandbox status') echo "$__pmx_data" ;;
    'sandbox stop') echo "$__pmx_dry_run $__pmx_parallel $__pmx_data" ;;
    'schedule add') echo "--at --with --replace $__pmx_dry_run $__pmx_parallel" ;;
    'schedule list') echo "$__pmx_columns $__pmx_watch" ;;
    'schedule remove') echo "$__pmx_dry_run $__pmx_parallel" ;;
    'status') echo "$__pmx_watch" ;;
    'storage content') echo "--node --content --vmid $__pmx_columns $__pmx_watch" ;;
    'storage delete') echo "--node $__pmx_dry_run $__pmx_parallel" ;;
    'storage download') echo "--storage --node --content --filename --checksum --decompress --verify-certificates --no-verify-certificates $__pmx_dry_run $__pmx_parallel" ;;
    'storage list') echo "--node $__pmx_columns $__pmx_watch" ;;
    'storage orphans') echo "--storage --node $__pmx_columns $__pmx_watch" ;;
    'storage prune') echo "--keep-last --keep-hourly --keep-daily --keep-weekly --keep-monthly --keep-yearly --vmid --type --node $__pmx_dry_run $__pmx_parallel" ;;
    'storage upload') echo "--storage --node --content --filename --checksum --overwrite $__pmx_dry_run $__pmx_parallel" ;;
    'task list') echo "--node --vmid --errors --status --type --user --since --limit $__pmx_columns $__pmx_watch" ;;
    'task log') echo "--follow" ;;
    'task stop') echo "$__pmx_dry_run $__pmx_parallel" ;;
    'task wait') echo "--timeout" ;;
    'template backup') echo "--storage --mode --compress --notes --protected --keep $__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty" ;;
    'template build') echo "--file --var --report --junit --prune-keep $__pmx_dry_run $__pmx_parallel" ;;
    'template clone') echo "--target-node --storage --pool $__pmx_dry_run $__pmx_parallel $__pmx_vmid" ;;
    'template create') echo "--image --url --iso --disk --checksum --no-checksum --fetch --arch --name --node --storage --import-storage --format --profile --cpu --net --nics --bridge-base --skip-bridge-indexes --bios --efi --secure-boot --tpm --machine --from-vm --packages --snippet --script --timeout --seal --no-seal --cloud-init --tags --version --promote --no-promote $__pmx_dry_run $__pmx_parallel $__pmx_vmid $__pmx_memory" ;;
    'template delete') echo "--keep-iso --keep-backups --delete-backups --backup-first --backup-storage --purge --no-purge $__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty" ;;
    'template list') echo "--node $__pmx_columns $__pmx_watch" ;;
    'template outdated') echo "$__pmx_columns $__pmx_watch" ;;
    'template promote') echo "$__pmx_dry_run $__pmx_parallel" ;;
    'template prune') echo "--keep $__pmx_dry_run $__pmx_parallel" ;;
    'template refresh') echo "--all --report --junit --prune-keep $__pmx_dry_run $__pmx_parallel" ;;
    'template restore') echo "--node --storage --name --promote $__pmx_dry_run $__pmx_parallel $__pmx_vmid" ;;
    'template rollback') echo "$__pmx_dry_run $__pmx_parallel" ;;
    'template snippet list') echo "$__pmx_columns $__pmx_watch" ;;
    'template test') echo "--user --timeout --junit $__pmx_dry_run $__pmx_parallel" ;;
    'template validate') echo "--exit-code --strict" ;;
    'template versions') echo "$__pmx_columns $__pmx_watch" ;;
    'time exec') echo "--to --offset --for-cert --from-idrac --max-days $__pmx_dry_run $__pmx_parallel" ;;
    'time restore') echo "--all --due $__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty" ;;
    'time run') echo "--to --offset --for-cert --from-idrac --max-days --reason --timeout $__pmx_dry_run $__pmx_parallel" ;;
    'time shift') echo "--to --offset --for-cert --from-idrac --max-days --duration --auto-restore --mode --timeout --force --persist --snapshot-before --reason $__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty" ;;
    'time status') echo "$__pmx_columns $__pmx_watch" ;;
    'time window') echo "--for --date --host-timeout $__pmx_file $__pmx_yes" ;;
    'top') echo "--limit $__pmx_columns $__pmx_watch" ;;
    'undo') echo "$__pmx_dry_run $__pmx_parallel" ;;
    'update') echo "--check --to $__pmx_dry_run $__pmx_parallel" ;;
    'update rollback') echo "$__pmx_dry_run $__pmx_parallel" ;;
    'version') echo "--server" ;;
    'vm agent file-write') echo "$__pmx_dry_run $__pmx_parallel" ;;
    'vm agent freeze') echo "$__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty" ;;
    'vm agent fsinfo') echo "$__pmx_columns $__pmx_watch" ;;
    'vm agent fstrim') echo "$__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty" ;;
    'vm agent network') echo "$__pmx_columns $__pmx_watch" ;;
    'vm agent passwd') echo "--password-stdin --crypted $__pmx_dry_run $__pmx_parallel" ;;
    'vm agent thaw') echo "$__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty" ;;
    'vm agent users') echo "$__pmx_columns $__pmx_watch" ;;
    'vm backup') echo "--storage --mode --compress --notes --protected --keep $__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty" ;;
    'vm clone') echo "--linked --full --snapshot --target-node --storage --pool --format --profile $__pmx_dry_run $__pmx_parallel $__pmx_vmid" ;;
    'vm console') echo "--escape --serial --vnc --vnc-port --spice $__pmx_dry_run $__pmx_parallel" ;;
    'vm cp') echo "--via --mode --direct --user $__pmx_dry_run $__pmx_parallel" ;;
    'vm create') echo "--template --iso --empty --profile --linked --full --count --from-csv --file --var --vmid --node --storage --iso-storage --pool --balloon --sockets --cpu --numa --disk --disk-format --ssd --net --bios --efi --secure-boot --tpm --machine --scsihw --ostype --vga --agent --no-agent --onboot --no-onboot --ip --user --ssh-key --nameserver --searchdomain --user-data --network-config --meta-data --vendor-data --cloud-init --tags --start --wait --wait-timeout $__pmx_dry_run $__pmx_parallel $__pmx_memory" ;;
    'vm delete') echo "--stop --keep-iso --keep-backups --delete-backups --backup-first --backup-storage --purge --no-purge $__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty" ;;
    'vm deploy-timeshift') echo "--template --package --user --ssh-key --network-config --node --iso-storage --pool --net --tags --wait-timeout $__pmx_dry_run $__pmx_parallel $__pmx_wait $__pmx_vmid $__pmx_memory" ;;
    'vm disk add') echo "--size --storage --slot --backup --no-backup --bus --format --cache --discard --ssd --iothread $__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty" ;;
    'vm disk detach') echo "$__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty" ;;
    'vm disk list') echo "$__pmx_columns $__pmx_watch $__pmx_selector $__pmx_allow_empty" ;;
    'vm disk move') echo "--storage --delete --no-delete --format $__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty" ;;
    'vm disk remove') echo "$__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty" ;;
    'vm disk resize') echo "$__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty" ;;
    'vm exec') echo "--stdin --no-stdin --timeout $__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty" ;;
    'vm list') echo "--node $__pmx_columns $__pmx_watch $__pmx_selector" ;;
    'vm migrate') echo "--to --target-storage --online --with-local-disks $__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty" ;;
    'vm nic add') echo "--bridge --vlan --mtu --rate --firewall --no-firewall --link-down --no-link-down --mac --model --queues $__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty" ;;
    'vm nic list') echo "$__pmx_columns $__pmx_watch $__pmx_selector $__pmx_allow_empty" ;;
    'vm nic remove') echo "$__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty" ;;
    'vm nic set') echo "--bridge --vlan --mtu --rate --firewall --no-firewall --link-down --no-link-down --mac --model --queues $__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty" ;;
    'vm pending') echo "--all $__pmx_columns $__pmx_watch" ;;
    'vm profile list') echo "$__pmx_columns $__pmx_watch" ;;
    'vm profile remove') echo "$__pmx_dry_run $__pmx_parallel $__pmx_in" ;;
    'vm profile set') echo "$__pmx_dry_run $__pmx_parallel $__pmx_in" ;;
    'vm reboot') echo "--timeout $__pmx_dry_run $__pmx_parallel $__pmx_wait $__pmx_selector $__pmx_allow_empty" ;;
    'vm rename') echo "$__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty" ;;
    'vm reset') echo "$__pmx_dry_run $__pmx_parallel $__pmx_wait $__pmx_selector $__pmx_allow_empty" ;;
    'vm resize') echo "$__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty" ;;
    'vm resume') echo "$__pmx_dry_run $__pmx_parallel $__pmx_wait $__pmx_selector $__pmx_allow_empty" ;;
    'vm set') echo "--name --description --cpulimit --cpuunits --onboot --no-onboot --protection --no-protection --startup --tags --nameserver --searchdomain --set --delete --balloon --sockets --vcpus --cpu --numa --no-numa --agent --no-agent --boot --ostype --bios --machine --scsihw --vga --ciuser --cipassword --cipassword-stdin --ssh-key --ip $__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty $__pmx_memory" ;;
    'vm shutdown') echo "--timeout --force $__pmx_dry_run $__pmx_parallel $__pmx_wait $__pmx_selector $__pmx_allow_empty" ;;
    'vm snapshot create') echo "--name --description --vmstate $__pmx_dry_run $__pmx_parallel $__pmx_wait $__pmx_selector $__pmx_allow_empty" ;;
    'vm snapshot delete') echo "$__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty" ;;
    'vm snapshot list') echo "$__pmx_columns $__pmx_watch $__pmx_selector $__pmx_allow_empty" ;;
    'vm snapshot prune') echo "--keep --older-than --match $__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty" ;;
    'vm snapshot rollback') echo "--start $__pmx_dry_run $__pmx_parallel $__pmx_wait $__pmx_selector $__pmx_allow_empty" ;;
    'vm ssh') echo "--user --host --port --identity --jump --tty --print $__pmx_dry_run $__pmx_parallel" ;;
    'vm start') echo "$__pmx_dry_run $__pmx_parallel $__pmx_wait $__pmx_selector $__pmx_allow_empty" ;;
    'vm stop') echo "$__pmx_dry_run $__pmx_parallel $__pmx_wait $__pmx_selector $__pmx_allow_empty" ;;
    'vm suspend') echo "--to-disk --state-storage $__pmx_dry_run $__pmx_parallel $__pmx_wait $__pmx_selector $__pmx_allow_empty" ;;
    'vm tag') echo "--add --remove --set $__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty" ;;
    'vm watch') echo "--interval --until --timeout --exec $__pmx_selector $__pmx_allow_empty" ;;
    'wait') echo "--for --timeout --ssh-port --interval" ;;
  esac
}

# Flags of a command behind which a value follows.
__pmx_values() {
  case "$1" in
    'access acl list') echo '--columns --sort-by --filter --watch --path --who' ;;
    'access acl remove') echo '--as --parallel --wait-lock --role --user --group --token' ;;
    'access acl set') echo '--as --parallel --wait-lock --role --user --group --token' ;;
    'access group create') echo '--as --parallel --wait-lock --comment' ;;
    'access group delete') echo '--as --parallel --wait-lock' ;;
    'access group list') echo '--columns --sort-by --filter --watch' ;;
    'access realm list') echo '--columns --sort-by --filter --watch' ;;
    'access role create') echo '--as --parallel --wait-lock --privilege' ;;
    'access role delete') echo '--as --parallel --wait-lock' ;;
    'access role list') echo '--columns --sort-by --filter --watch' ;;
    'access role set') echo '--as --parallel --wait-lock --privilege --add --remove' ;;
    'access token create') echo '--as --parallel --wait-lock --comment --expire' ;;
    'access token delete') echo '--as --parallel --wait-lock' ;;
    'access token list') echo '--columns --sort-by --filter --watch' ;;
    'access user create') echo '--as --parallel --wait-lock --group --comment --email --first-name --last-name --expire' ;;
    'access user delete') echo '--as --parallel --wait-lock' ;;
    'access user list') echo '--columns --sort-by --filter --watch' ;;
    'access user set') echo '--as --parallel --wait-lock --group --comment --email --first-name --last-name --expire' ;;
    'api delete') echo '--as --parallel --wait-lock' ;;
    'api post') echo '--as --parallel --wait-lock' ;;
    'api put') echo '--as --parallel --wait-lock' ;;
    'apply') echo '--as --parallel --wait-lock --file -f --var' ;;
    'audit list') echo '--columns --sort-by --filter --watch --limit' ;;
    'audit verify') echo '--head' ;;
    'auth role') echo '--as --parallel --wait-lock --for --name --user --token' ;;
    'backup create') echo '--as --parallel --wait-lock --selector -l --storage --mode --compress --notes --keep' ;;
    'backup delete') echo '--as --parallel --wait-lock' ;;
    'backup job create') echo '--as --parallel --wait-lock --schedule --storage --vmid --pool --exclude --node --mode --compress --keep-last --keep-hourly --keep-daily --keep-weekly --keep-monthly --keep-yearly --notes --comment' ;;
    'backup job delete') echo '--as --parallel --wait-lock' ;;
    'backup job disable') echo '--as --parallel --wait-lock' ;;
    'backup job enable') echo '--as --parallel --wait-lock' ;;
    'backup job list') echo '--columns --sort-by --filter --watch' ;;
    'backup job run') echo '--as --parallel --wait-lock' ;;
    'backup job set') echo '--as --parallel --wait-lock --schedule --storage --vmid --pool --exclude --node --mode --compress --keep-last --keep-hourly --keep-daily --keep-weekly --keep-monthly --keep-yearly --notes --comment --unset' ;;
    'backup list') echo '--columns --sort-by --filter --watch --storage --node' ;;
    'backup prune') echo '--as --parallel --wait-lock --storage --keep-last --keep-hourly --keep-daily --keep-weekly --keep-monthly --keep-yearly' ;;
    'backup restore') echo '--as --parallel --wait-lock --vmid --node --storage --name' ;;
    'backup verify') echo '--columns --sort-by --filter --watch --storage' ;;
    'catalog cache list') echo '--columns --sort-by --filter --watch' ;;
    'catalog cache prune') echo '--as --parallel --wait-lock' ;;
    'catalog list') echo '--columns --sort-by --filter --watch' ;;
    'catalog search') echo '--columns --sort-by --filter --watch' ;;
    'catalog update') echo '--as --parallel --wait-lock --from' ;;
    'catalog verify') echo '--columns --sort-by --filter --watch --arch --junit' ;;
    'cloudinit render') echo '--set --values --out --iso --layout --hostname --instance-id --meta-data --network-config --vendor-data' ;;
    'cloudinit schema') echo '--kind' ;;
    'cloudinit validate') echo '--kind --set --values' ;;
    'cluster resources') echo '--columns --sort-by --filter --watch --type' ;;
    'config audit') echo '--columns --sort-by --filter --watch' ;;
    'config decrypt') echo '--as --parallel --wait-lock' ;;
    'config edit') echo '--as --parallel --wait-lock --in --editor' ;;
    'config encrypt') echo '--as --parallel --wait-lock' ;;
    'config history') echo '--columns --sort-by --filter --watch --in' ;;
    'config import') echo '--as --parallel --wait-lock --from --name' ;;
    'config migrate') echo '--as --parallel --wait-lock --in' ;;
    'config path') echo '--columns --sort-by --filter --watch' ;;
    'config reset') echo '--as --parallel --wait-lock --in' ;;
    'config restore') echo '--as --parallel --wait-lock --in' ;;
    'config set') echo '--as --parallel --wait-lock --in' ;;
    'config unset') echo '--as --parallel --wait-lock --in' ;;
    'config view') echo '--columns --sort-by --filter --watch' ;;
    'context add') echo '--as --parallel --wait-lock --host --token-id --fingerprint --ca-cert --default-node --default-storage --default-bridge --default-pool --vmids --tags --endpoint --proxy --header --confirm --secret-command' ;;
    'context copy') echo '--as --parallel --wait-lock' ;;
    'context export') echo '--format' ;;
    'context import') echo '--as --parallel --wait-lock --only' ;;
    'context list') echo '--columns --sort-by --filter --watch' ;;
    'context remove') echo '--as --parallel --wait-lock' ;;
    'context rename') echo '--as --parallel --wait-lock' ;;
    'context use') echo '--as --parallel --wait-lock' ;;
    'context validate') echo '--columns --sort-by --filter --watch' ;;
    'ct backup') echo '--as --parallel --wait-lock --selector -l --storage --mode --compress --notes --keep' ;;
    'ct clone') echo '--as --parallel --wait-lock --snapshot --target-node --storage --pool --vmid' ;;
    'ct console') echo '--as --parallel --wait-lock --escape -e' ;;
    'ct cp') echo '--as --parallel --wait-lock --user -u --host --port -p --identity -i --jump -J --via --mode' ;;
    'ct create') echo '--as --parallel --wait-lock --template -t --vmid --node --storage --pool --rootfs --memory --swap --cores --net --ip --features --nameserver --searchdomain --ssh-key --tags --wait --wait-timeout' ;;
    'ct delete') echo '--as --parallel --wait-lock --selector -l --backup-storage' ;;
    'ct disk add') echo '--as --parallel --wait-lock --selector -l --size --storage --slot --path' ;;
    'ct disk detach') echo '--as --parallel --wait-lock --selector -l' ;;
    'ct disk list') echo '--columns --sort-by --filter --watch --selector -l' ;;
    'ct disk move') echo '--as --parallel --wait-lock --selector -l --storage' ;;
    'ct disk remove') echo '--as --parallel --wait-lock --selector -l' ;;
    'ct disk resize') echo '--as --parallel --wait-lock --selector -l' ;;
    'ct exec') echo '--as --parallel --wait-lock --selector -l --user -u --host --port -p --identity -i --jump -J' ;;
    'ct list') echo '--columns --sort-by --filter --watch --node --selector -l' ;;
    'ct migrate') echo '--as --parallel --wait-lock --selector -l --to --target-storage' ;;
    'ct nic add') echo '--as --parallel --wait-lock --selector -l --bridge --vlan --mtu --rate --mac --name --ip' ;;
    'ct nic list') echo '--columns --sort-by --filter --watch --selector -l' ;;
    'ct nic remove') echo '--as --parallel --wait-lock --selector -l' ;;
    'ct nic set') echo '--as --parallel --wait-lock --selector -l --bridge --vlan --mtu --rate --mac --name --ip' ;;
    'ct pending') echo '--columns --sort-by --filter --watch' ;;
    'ct reboot') echo '--as --parallel --wait-lock --selector -l --timeout' ;;
    'ct rename') echo '--as --parallel --wait-lock --selector -l' ;;
    'ct resize') echo '--as --parallel --wait-lock --selector -l' ;;
    'ct resume') echo '--as --parallel --wait-lock --selector -l' ;;
    'ct set') echo '--as --parallel --wait-lock --selector -l --hostname --description --memory --cores --cpulimit --cpuunits --startup --tags --nameserver --searchdomain --set --delete --swap --features --timezone --ostype' ;;
    'ct shutdown') echo '--as --parallel --wait-lock --selector -l --timeout' ;;
    'ct snapshot create') echo '--as --parallel --wait-lock --selector -l --name --description' ;;
    'ct snapshot delete') echo '--as --parallel --wait-lock --selector -l' ;;
    'ct snapshot list') echo '--columns --sort-by --filter --watch --selector -l' ;;
    'ct snapshot prune') echo '--as --parallel --wait-lock --selector -l --keep --older-than --match' ;;
    'ct snapshot rollback') echo '--as --parallel --wait-lock --selector -l' ;;
    'ct ssh') echo '--as --parallel --wait-lock --user -u --host --port -p --identity -i --jump -J' ;;
    'ct start') echo '--as --parallel --wait-lock --selector -l' ;;
    'ct stop') echo '--as --parallel --wait-lock --selector -l' ;;
    'ct suspend') echo '--as --parallel --wait-lock --selector -l' ;;
    'ct tag') echo '--as --parallel --wait-lock --selector -l --add --remove --set' ;;
    'ct template download') echo '--as --parallel --wait-lock --node --storage' ;;
    'ct template list') echo '--columns --sort-by --filter --watch --node' ;;
    'ct watch') echo '--selector -l --interval --until --timeout --exec' ;;
    'delete') echo '--as --parallel --wait-lock --file -f --var' ;;
    'diff') echo '--file -f --var' ;;
    'doctor') echo '--watch' ;;
    'ha add') echo '--as --parallel --wait-lock --selector -l --state --max-restart --max-relocate --comment' ;;
    'ha list') echo '--columns --sort-by --filter --watch' ;;
    'ha remove') echo '--as --parallel --wait-lock --selector -l' ;;
    'ha rules') echo '--columns --sort-by --filter --watch' ;;
    'ha set') echo '--as --parallel --wait-lock --selector -l --state --max-restart --max-relocate --comment' ;;
    'ha status') echo '--columns --sort-by --filter --watch' ;;
    'idrac cert csr') echo '--as --parallel --wait-lock --user -u --ca-cert --cn --san --organization --unit --city --state --country --email' ;;
    'idrac cert export') echo '--user -u --ca-cert --type' ;;
    'idrac cert replace') echo '--as --parallel --wait-lock --user -u --ca-cert --cert --key --csr --pfx' ;;
    'idrac cert reset') echo '--as --parallel --wait-lock --file -f --port --user -u --ca-cert' ;;
    'idrac cert show') echo '--checkend' ;;
    'idrac check') echo '--file -f --port --warn --crit --fail-on --parallel --deadline --report' ;;
    'idrac connect') echo '--as --parallel --wait-lock --via --to --max-days --for --local-port --user -u --via-host --identity -i' ;;
    'idrac login') echo '--as --parallel --wait-lock --user -u' ;;
    'idrac logout') echo '--as --parallel --wait-lock' ;;
    'idrac pin') echo '--as --parallel --wait-lock' ;;
    'idrac power cycle') echo '--as --parallel --wait-lock --file -f --port --user -u --ca-cert --timeout' ;;
    'idrac power off') echo '--as --parallel --wait-lock --file -f --port --user -u --ca-cert --timeout' ;;
    'idrac power on') echo '--as --parallel --wait-lock --file -f --port --user -u --ca-cert --timeout' ;;
    'idrac power reset') echo '--as --parallel --wait-lock --file -f --port --user -u --ca-cert --timeout' ;;
    'idrac power status') echo '--columns --sort-by --filter --watch --file -f --port --user -u --ca-cert' ;;
    'idrac scan') echo '--columns --sort-by --filter --watch --file -f --port --parallel' ;;
    'idrac time show') echo '--columns --sort-by --filter --watch --file -f --port --user -u --ca-cert' ;;
    'idrac time sync') echo '--as --parallel --wait-lock --file -f --port --user -u --ca-cert --ntp' ;;
    'idrac window') echo '--file -f --port --for --host-timeout' ;;
    'init') echo '--as --parallel --wait-lock --host --user --token-id --shell' ;;
    'login') echo '--as --parallel --wait-lock --host --fingerprint --ca-cert --proxy --user --realm --otp --token-id --token-name --role' ;;
    'logout') echo '--as --parallel --wait-lock --otp' ;;
    'net check') echo '--file -f --port --warn --crit --fail-on --parallel --deadline --report' ;;
    'node drain') echo '--as --parallel --wait-lock --to' ;;
    'node list') echo '--columns --sort-by --filter --watch' ;;
    'node reboot') echo '--as --parallel --wait-lock' ;;
    'node shutdown') echo '--as --parallel --wait-lock' ;;
    'node undrain') echo '--as --parallel --wait-lock' ;;
    'node wake') echo '--as --parallel --wait-lock' ;;
    'op list') echo '--columns --sort-by --filter --watch --status --since --limit' ;;
    'op prune') echo '--as --parallel --wait-lock --older-than --keep' ;;
    'op resume') echo '--as --parallel --wait-lock' ;;
    'op rollback') echo '--as --parallel --wait-lock' ;;
    'plugins install') echo '--as --parallel --wait-lock' ;;
    'plugins link') echo '--as --parallel --wait-lock' ;;
    'plugins list') echo '--columns --sort-by --filter --watch' ;;
    'plugins new') echo '--as --parallel --wait-lock' ;;
    'plugins uninstall') echo '--as --parallel --wait-lock' ;;
    'plugins update') echo '--as --parallel --wait-lock' ;;
    'pool add') echo '--as --parallel --wait-lock --selector -l --storage' ;;
    'pool create') echo '--as --parallel --wait-lock --comment' ;;
    'pool delete') echo '--as --parallel --wait-lock' ;;
    'pool list') echo '--columns --sort-by --filter --watch' ;;
    'pool remove') echo '--as --parallel --wait-lock --selector -l --storage' ;;
    'sandbox env') echo '--data' ;;
    'sandbox fault add') echo '--as --parallel --wait-lock --data --file -f --id --method --path --nth --times --probability --seed --action --status --percent --message --seconds --storage --node --bytes --vmid' ;;
    'sandbox fault clear') echo '--as --parallel --wait-lock --data' ;;
    'sandbox fault list') echo '--columns --sort-by --filter --watch --data' ;;
    'sandbox log') echo '--data --limit' ;;
    'sandbox record') echo '--as --parallel --wait-lock --out -o --count' ;;
    'sandbox reset') echo '--as --parallel --wait-lock --data' ;;
    'sandbox start') echo '--as --parallel --wait-lock --port --nodes --guests --data --idrac --seed --speed --latency-millis --engine --memory-limit --cpu-limit --task-millis --agent-delay-millis --stale-millis --lock-timeout-millis --allow-host --capacity' ;;
    'sandbox status') echo '--data' ;;
    'sandbox stop') echo '--as --parallel --wait-lock --data' ;;
    'schedule add') echo '--as --parallel --wait-lock --at --with' ;;
    'schedule list') echo '--columns --sort-by --filter --watch' ;;
    'schedule remove') echo '--as --parallel --wait-lock' ;;
    'status') echo '--watch' ;;
    'storage content') echo '--columns --sort-by --filter --watch --node --content --vmid' ;;
    'storage delete') echo '--as --parallel --wait-lock --node' ;;
    'storage download') echo '--as --parallel --wait-lock --storage --node --content --filename --checksum --decompress' ;;
    'storage list') echo '--columns --sort-by --filter --watch --node' ;;
    'storage orphans') echo '--columns --sort-by --filter --watch --storage --node' ;;
    'storage prune') echo '--as --parallel --wait-lock --keep-last --keep-hourly --keep-daily --keep-weekly --keep-monthly --keep-yearly --vmid --type --node' ;;
    'storage upload') echo '--as --parallel --wait-lock --storage --node --content --filename --checksum' ;;
    'task list') echo '--columns --sort-by --filter --watch --node --vmid --status --type --user --since --limit' ;;
    'task stop') echo '--as --parallel --wait-lock' ;;
    'task wait') echo '--timeout' ;;
    'template backup') echo '--as --parallel --wait-lock --selector -l --storage --mode --compress --notes --keep' ;;
    'template build') echo '--as --parallel --wait-lock --file -f --var --report --junit --prune-keep' ;;
    'template clone') echo '--as --parallel --wait-lock --vmid --target-node --storage --pool' ;;
    'template create') echo '--as --parallel --wait-lock --image --url --iso --disk --checksum --fetch --arch --name --vmid --node --storage --import-storage --format --memory --cores --profile --cpu --net --nics --bridge-base --skip-bridge-indexes --bios --machine --from-vm --packages --snippet --script --timeout --cloud-init --tags --version' ;;
    'template delete') echo '--as --parallel --wait-lock --selector -l --backup-storage' ;;
    'template list') echo '--columns --sort-by --filter --watch --node' ;;
    'template outdated') echo '--columns --sort-by --filter --watch' ;;
    'template promote') echo '--as --parallel --wait-lock' ;;
    'template prune') echo '--as --parallel --wait-lock --keep' ;;
    'template refresh') echo '--as --parallel --wait-lock --report --junit --prune-keep' ;;
    'template restore') echo '--as --parallel --wait-lock --vmid --node --storage --name' ;;
    'template rollback') echo '--as --parallel --wait-lock' ;;
    'template snippet list') echo '--columns --sort-by --filter --watch' ;;
    'template test') echo '--as --parallel --wait-lock --user --timeout --junit' ;;
    'template versions') echo '--columns --sort-by --filter --watch' ;;
    'time exec') echo '--as --parallel --wait-lock --to --offset --for-cert --from-idrac --max-days' ;;
    'time restore') echo '--as --parallel --wait-lock --selector -l' ;;
    'time run') echo '--as --parallel --wait-lock --to --offset --for-cert --from-idrac --max-days --reason --timeout' ;;
    'time shift') echo '--as --parallel --wait-lock --selector -l --to --offset --for-cert --from-idrac --max-days --duration --auto-restore --mode --timeout --reason' ;;
    'time status') echo '--columns --sort-by --filter --watch' ;;
    'time window') echo '--file -f --port --for --host-timeout' ;;
    'top') echo '--columns --sort-by --filter --watch --limit' ;;
    'undo') echo '--as --parallel --wait-lock' ;;
    'update') echo '--as --parallel --wait-lock --to' ;;
    'update rollback') echo '--as --parallel --wait-lock' ;;
    'vm agent file-write') echo '--as --parallel --wait-lock' ;;
    'vm agent freeze') echo '--as --parallel --wait-lock --selector -l' ;;
    'vm agent fsinfo') echo '--columns --sort-by --filter --watch' ;;
    'vm agent fstrim') echo '--as --parallel --wait-lock --selector -l' ;;
    'vm agent network') echo '--columns --sort-by --filter --watch' ;;
    'vm agent passwd') echo '--as --parallel --wait-lock' ;;
    'vm agent thaw') echo '--as --parallel --wait-lock --selector -l' ;;
    'vm agent users') echo '--columns --sort-by --filter --watch' ;;
    'vm backup') echo '--as --parallel --wait-lock --selector -l --storage --mode --compress --notes --keep' ;;
    'vm clone') echo '--as --parallel --wait-lock --snapshot --target-node --storage --pool --vmid --format --profile' ;;
    'vm console') echo '--as --parallel --wait-lock --escape -e --serial --vnc-port' ;;
    'vm cp') echo '--as --parallel --wait-lock --via --mode --user' ;;
    'vm create') echo '--as --parallel --wait-lock --template -t --iso --profile --count --from-csv --file -f --var --vmid --node --storage --iso-storage --pool --memory --balloon --cores --sockets --cpu --disk --disk-format --net --bios --machine --scsihw --ostype --vga --ip --user --ssh-key --nameserver --searchdomain --user-data --network-config --meta-data --vendor-data --cloud-init --tags --wait --wait-timeout' ;;
    'vm delete') echo '--as --parallel --wait-lock --selector -l --backup-storage' ;;
    'vm deploy-timeshift') echo '--as --parallel --wait-lock --template -t --package --user --ssh-key --network-config --vmid --node --iso-storage --pool --memory --cores --net --tags --wait-timeout' ;;
    'vm disk add') echo '--as --parallel --wait-lock --selector -l --size --storage --slot --bus --format --cache' ;;
    'vm disk detach') echo '--as --parallel --wait-lock --selector -l' ;;
    'vm disk list') echo '--columns --sort-by --filter --watch --selector -l' ;;
    'vm disk move') echo '--as --parallel --wait-lock --selector -l --storage --format' ;;
    'vm disk remove') echo '--as --parallel --wait-lock --selector -l' ;;
    'vm disk resize') echo '--as --parallel --wait-lock --selector -l' ;;
    'vm exec') echo '--as --parallel --wait-lock --selector -l --timeout' ;;
    'vm list') echo '--columns --sort-by --filter --watch --node --selector -l' ;;
    'vm migrate') echo '--as --parallel --wait-lock --selector -l --to --target-storage' ;;
    'vm nic add') echo '--as --parallel --wait-lock --selector -l --bridge --vlan --mtu --rate --mac --model --queues' ;;
    'vm nic list') echo '--columns --sort-by --filter --watch --selector -l' ;;
    'vm nic remove') echo '--as --parallel --wait-lock --selector -l' ;;
    'vm nic set') echo '--as --parallel --wait-lock --selector -l --bridge --vlan --mtu --rate --mac --model --queues' ;;
    'vm pending') echo '--columns --sort-by --filter --watch' ;;
    'vm profile list') echo '--columns --sort-by --filter --watch' ;;
    'vm profile remove') echo '--as --parallel --wait-lock --in' ;;
    'vm profile set') echo '--as --parallel --wait-lock --in' ;;
    'vm reboot') echo '--as --parallel --wait-lock --selector -l --timeout' ;;
    'vm rename') echo '--as --parallel --wait-lock --selector -l' ;;
    'vm reset') echo '--as --parallel --wait-lock --selector -l' ;;
    'vm resize') echo '--as --parallel --wait-lock --selector -l' ;;
    'vm resume') echo '--as --parallel --wait-lock --selector -l' ;;
    'vm set') echo '--as --parallel --wait-lock --selector -l --name --description --memory --cores --cpulimit --cpuunits --startup --tags --nameserver --searchdomain --set --delete --balloon --sockets --vcpus --cpu --boot --ostype --bios --machine --scsihw --vga --ciuser --ssh-key --ip' ;;
    'vm shutdown') echo '--as --parallel --wait-lock --selector -l --timeout' ;;
    'vm snapshot create') echo '--as --parallel --wait-lock --selector -l --name --description' ;;
    'vm snapshot delete') echo '--as --parallel --wait-lock --selector -l' ;;
    'vm snapshot list') echo '--columns --sort-by --filter --watch --selector -l' ;;
    'vm snapshot prune') echo '--as --parallel --wait-lock --selector -l --keep --older-than --match' ;;
    'vm snapshot rollback') echo '--as --parallel --wait-lock --selector -l' ;;
    'vm ssh') echo '--as --parallel --wait-lock --user -u --host --port -p --identity -i --jump -J' ;;
    'vm start') echo '--as --parallel --wait-lock --selector -l' ;;
    'vm stop') echo '--as --parallel --wait-lock --selector -l' ;;
    'vm suspend') echo '--as --parallel --wait-lock --selector -l --state-storage' ;;
    'vm tag') echo '--as --parallel --wait-lock --selector -l --add --remove --set' ;;
    'vm watch') echo '--selector -l --interval --until --timeout --exec' ;;
    'wait') echo '--for --timeout --ssh-port --interval' ;;
  esac
}

__pmx_options() {
  case "$1 $2" in
    'access acl remove --as') echo 'words curl pvesh' ;;
    'access acl set --as') echo 'words curl pvesh' ;;
    'access group create --as') echo 'words curl pvesh' ;;
    'access group delete --as') echo 'words curl pvesh' ;;
    'access role create --as') echo 'words curl pvesh' ;;
    'access role delete --as') echo 'words curl pvesh' ;;
    'access role set --as') echo 'words curl pvesh' ;;
    'access token create --as') echo 'words curl pvesh' ;;
    'access token delete --as') echo 'words curl pvesh' ;;
    'access user create --as') echo 'words curl pvesh' ;;
    'access user delete --as') echo 'words curl pvesh' ;;
    'access user set --as') echo 'words curl pvesh' ;;
    'api delete --as') echo 'words curl pvesh' ;;
    'api post --as') echo 'words curl pvesh' ;;
    'api put --as') echo 'words curl pvesh' ;;
    'apply --as') echo 'words curl pvesh' ;;
    'auth role --as') echo 'words curl pvesh' ;;
    'backup create --as') echo 'words curl pvesh' ;;
    'backup create --mode') echo 'snapshot suspend stop' ;;
    'backup create --compress') echo 'zstd gzip lzo 0' ;;
    'backup delete --as') echo 'words curl pvesh' ;;
    'backup job create --as') echo 'words curl pvesh' ;;
    'backup job create --mode') echo 'snapshot suspend stop' ;;
    'backup job create --compress') echo 'zstd gzip lzo 0' ;;
    'backup job delete --as') echo 'words curl pvesh' ;;
    'backup job disable --as') echo 'words curl pvesh' ;;
    'backup job enable --as') echo 'words curl pvesh' ;;
    'backup job run --as') echo 'words curl pvesh' ;;
    'backup job set --as') echo 'words curl pvesh' ;;
    'backup job set --mode') echo 'snapshot suspend stop' ;;
    'backup job set --compress') echo 'zstd gzip lzo 0' ;;
    'backup job set --unset') echo 'node keep notes comment exclude' ;;
    'backup prune --as') echo 'words curl pvesh' ;;
    'backup restore --as') echo 'words curl pvesh' ;;
    'catalog cache prune --as') echo 'words curl pvesh' ;;
    'catalog update --as') echo 'words curl pvesh' ;;
    'cloudinit render --layout') echo 'nocloud configdrive' ;;
    'cloudinit schema --kind') echo 'cloud-config-v1 network-config-v1 network-config-v2' ;;
    'cloudinit validate --kind') echo 'user-data vendor-data meta-data network-config' ;;
    'cluster resources --type') echo 'vm ct node storage pool sdn' ;;
    'config decrypt --as') echo 'words curl pvesh' ;;
    'config edit --as') echo 'words curl pvesh' ;;
    'config edit --in') echo 'user project system' ;;
    'config encrypt --as') echo 'words curl pvesh' ;;
    'config history --in') echo 'user project system' ;;
    'config import --as') echo 'words curl pvesh' ;;
    'config import --from') echo 'time-shift homelab cpcg proxmox-mpc' ;;
    'config migrate --as') echo 'words curl pvesh' ;;
    'config migrate --in') echo 'user project system' ;;
    'config reset --as') echo 'words curl pvesh' ;;
    'config reset --in') echo 'user project system' ;;
    'config restore --as') echo 'words curl pvesh' ;;
    'config restore --in') echo 'user project system' ;;
    'config set --as') echo 'words curl pvesh' ;;
    'config set --in') echo 'user project system' ;;
    'config unset --as') echo 'words curl pvesh' ;;
    'config unset --in') echo 'user project system' ;;
    'context add --as') echo 'words curl pvesh' ;;
    'context add --confirm') echo 'always destructive' ;;
    'context copy --as') echo 'words curl pvesh' ;;
    'context export --format') echo 'yaml json' ;;
    'context import --as') echo 'words curl pvesh' ;;
    'context remove --as') echo 'words curl pvesh' ;;
    'context rename --as') echo 'words curl pvesh' ;;
    'context use --as') echo 'words curl pvesh' ;;
    'ct backup --as') echo 'words curl pvesh' ;;
    'ct backup --mode') echo 'snapshot suspend stop' ;;
    'ct backup --compress') echo 'zstd gzip lzo 0' ;;
    'ct clone --as') echo 'words curl pvesh' ;;
    'ct console --as') echo 'words curl pvesh' ;;
    'ct cp --as') echo 'words curl pvesh' ;;
    'ct cp --via') echo 'node ssh' ;;
    'ct create --as') echo 'words curl pvesh' ;;
    'ct create --wait') echo 'ip ssh' ;;
    'ct delete --as') echo 'words curl pvesh' ;;
    'ct disk add --as') echo 'words curl pvesh' ;;
    'ct disk detach --as') echo 'words curl pvesh' ;;
    'ct disk move --as') echo 'words curl pvesh' ;;
    'ct disk remove --as') echo 'words curl pvesh' ;;
    'ct disk resize --as') echo 'words curl pvesh' ;;
    'ct exec --as') echo 'words curl pvesh' ;;
    'ct migrate --as') echo 'words curl pvesh' ;;
    'ct nic add --as') echo 'words curl pvesh' ;;
    'ct nic remove --as') echo 'words curl pvesh' ;;
    'ct nic set --as') echo 'words curl pvesh' ;;
    'ct reboot --as') echo 'words curl pvesh' ;;
    'ct rename --as') echo 'words curl pvesh' ;;
    'ct resize --as') echo 'words curl pvesh' ;;
    'ct resume --as') echo 'words curl pvesh' ;;
    'ct set --as') echo 'words curl pvesh' ;;
    'ct shutdown --as') echo 'words curl pvesh' ;;
    'ct snapshot create --as') echo 'words curl pvesh' ;;
    'ct snapshot delete --as') echo 'words curl pvesh' ;;
    'ct snapshot prune --as') echo 'words curl pvesh' ;;
    'ct snapshot rollback --as') echo 'words curl pvesh' ;;
    'ct ssh --as') echo 'words curl pvesh' ;;
    'ct start --as') echo 'words curl pvesh' ;;
    'ct stop --as') echo 'words curl pvesh' ;;
    'ct suspend --as') echo 'words curl pvesh' ;;
    'ct tag --as') echo 'words curl pvesh' ;;
    'ct template download --as') echo 'words curl pvesh' ;;
    'ct watch --until') echo 'running stopped' ;;
    'delete --as') echo 'words curl pvesh' ;;
    'ha add --as') echo 'words curl pvesh' ;;
    'ha add --state') echo 'started stopped disabled ignored' ;;
    'ha remove --as') echo 'words curl pvesh' ;;
    'ha set --as') echo 'words curl pvesh' ;;
    'ha set --state') echo 'started stopped disabled ignored' ;;
    'idrac cert csr --as') echo 'words curl pvesh' ;;
    'idrac cert export --type') echo 'Server CA CSC ClientTrustCertificate' ;;
    'idrac cert replace --as') echo 'words curl pvesh' ;;
    'idrac cert reset --as') echo 'words curl pvesh' ;;
    'idrac check --fail-on') echo 'critical warning never' ;;
    'idrac connect --as') echo 'words curl pvesh' ;;
    'idrac login --as') echo 'words curl pvesh' ;;
    'idrac logout --as') echo 'words curl pvesh' ;;
    'idrac pin --as') echo 'words curl pvesh' ;;
    'idrac power cycle --as') echo 'words curl pvesh' ;;
    'idrac power off --as') echo 'words curl pvesh' ;;
    'idrac power on --as') echo 'words curl pvesh' ;;
    'idrac power reset --as') echo 'words curl pvesh' ;;
    'idrac time sync --as') echo 'words curl pvesh' ;;
    'init --as') echo 'words curl pvesh' ;;
    'init --shell') echo 'bash zsh fish' ;;
    'login --as') echo 'words curl pvesh' ;;
    'login --role') echo 'read-only operator template-builder full' ;;
    'logout --as') echo 'words curl pvesh' ;;
    'net check --fail-on') echo 'critical warning never' ;;
    'node drain --as') echo 'words curl pvesh' ;;
    'node reboot --as') echo 'words curl pvesh' ;;
    'node shutdown --as') echo 'words curl pvesh' ;;
    'node undrain --as') echo 'words curl pvesh' ;;
    'node wake --as') echo 'words curl pvesh' ;;
    'op list --status') echo 'running completed rolled-back interrupted failed' ;;
    'op prune --as') echo 'words curl pvesh' ;;
    'op resume --as') echo 'words curl pvesh' ;;
    'op rollback --as') echo 'words curl pvesh' ;;
    'plugins install --as') echo 'words curl pvesh' ;;
    'plugins link --as') echo 'words curl pvesh' ;;
    'plugins new --as') echo 'words curl pvesh' ;;
    'plugins uninstall --as') echo 'words curl pvesh' ;;
    'plugins update --as') echo 'words curl pvesh' ;;
    'pool add --as') echo 'words curl pvesh' ;;
    'pool create --as') echo 'words curl pvesh' ;;
    'pool delete --as') echo 'words curl pvesh' ;;
    'pool remove --as') echo 'words curl pvesh' ;;
    'sandbox fault add --as') echo 'words curl pvesh' ;;
    'sandbox fault clear --as') echo 'words curl pvesh' ;;
    'sandbox record --as') echo 'words curl pvesh' ;;
    'sandbox reset --as') echo 'words curl pvesh' ;;
    'sandbox start --as') echo 'words curl pvesh' ;;
    'sandbox start --engine') echo 'sim qemu auto' ;;
    'sandbox stop --as') echo 'words curl pvesh' ;;
    'schedule add --as') echo 'words curl pvesh' ;;
    'schedule add --with') echo 'auto systemd cron' ;;
    'schedule remove --as') echo 'words curl pvesh' ;;
    'storage content --content') echo 'backup images import iso rootdir snippets vztmpl' ;;
    'storage delete --as') echo 'words curl pvesh' ;;
    'storage download --as') echo 'words curl pvesh' ;;
    'storage download --content') echo 'iso vztmpl import' ;;
    'storage download --decompress') echo 'gz lzo zst bz2' ;;
    'storage prune --as') echo 'words curl pvesh' ;;
    'storage prune --type') echo 'qemu lxc' ;;
    'storage upload --as') echo 'words curl pvesh' ;;
    'storage upload --content') echo 'iso vztmpl import' ;;
    'task list --status') echo 'running ok warning error' ;;
    'task stop --as') echo 'words curl pvesh' ;;
    'template backup --as') echo 'words curl pvesh' ;;
    'template backup --mode') echo 'snapshot suspend stop' ;;
    'template backup --compress') echo 'zstd gzip lzo 0' ;;
    'template build --as') echo 'words curl pvesh' ;;
    'template clone --as') echo 'words curl pvesh' ;;
    'template create --as') echo 'words curl pvesh' ;;
    'template create --fetch') echo 'auto node local' ;;
    'template create --format') echo 'qcow2 raw vmdk' ;;
    'template create --profile') echo 'small performance database' ;;
    'template create --bios') echo 'seabios ovmf' ;;
    'template create --cloud-init') echo 'native none' ;;
    'template delete --as') echo 'words curl pvesh' ;;
    'template promote --as') echo 'words curl pvesh' ;;
    'template prune --as') echo 'words curl pvesh' ;;
    'template refresh --as') echo 'words curl pvesh' ;;
    'template restore --as') echo 'words curl pvesh' ;;
    'template rollback --as') echo 'words curl pvesh' ;;
    'template test --as') echo 'words curl pvesh' ;;
    'time exec --as') echo 'words curl pvesh' ;;
    'time restore --as') echo 'words curl pvesh' ;;
    'time run --as') echo 'words curl pvesh' ;;
    'time shift --as') echo 'words curl pvesh' ;;
    'time shift --mode') echo 'agent rtc auto' ;;
    'undo --as') echo 'words curl pvesh' ;;
    'update --as') echo 'words curl pvesh' ;;
    'update rollback --as') echo 'words curl pvesh' ;;
    'vm agent file-write --as') echo 'words curl pvesh' ;;
    'vm agent freeze --as') echo 'words curl pvesh' ;;
    'vm agent fstrim --as') echo 'words curl pvesh' ;;
    'vm agent passwd --as') echo 'words curl pvesh' ;;
    'vm agent thaw --as') echo 'words curl pvesh' ;;
    'vm backup --as') echo 'words curl pvesh' ;;
    'vm backup --mode') echo 'snapshot suspend stop' ;;
    'vm backup --compress') echo 'zstd gzip lzo 0' ;;
    'vm clone --as') echo 'words curl pvesh' ;;
    'vm clone --format') echo 'raw qcow2 vmdk' ;;
    'vm console --as') echo 'words curl pvesh' ;;
    'vm console --serial') echo 'serial0 serial1 serial2 serial3' ;;
    'vm cp --as') echo 'words curl pvesh' ;;
    'vm cp --via') echo 'agent ssh' ;;
    'vm create --as') echo 'words curl pvesh' ;;
    'vm create --disk-format') echo 'raw qcow2 vmdk' ;;
    'vm create --bios') echo 'seabios ovmf' ;;
    'vm create --scsihw') echo 'lsi lsi53c810 virtio-scsi-pci virtio-scsi-single megasas pvscsi' ;;
    'vm create --ostype') echo 'other wxp w2k w2k3 w2k8 wvista win7 win8 win10 win11 l24 l26 solaris' ;;
    'vm create --cloud-init') echo 'native nocloud configdrive' ;;
    'vm create --wait') echo 'agent ip ssh' ;;
    'vm delete --as') echo 'words curl pvesh' ;;
    'vm deploy-timeshift --as') echo 'words curl pvesh' ;;
    'vm disk add --as') echo 'words curl pvesh' ;;
    'vm disk add --bus') echo 'scsi virtio sata ide' ;;
    'vm disk add --format') echo 'raw qcow2 vmdk' ;;
    'vm disk add --cache') echo 'none writethrough writeback unsafe directsync' ;;
    'vm disk detach --as') echo 'words curl pvesh' ;;
    'vm disk move --as') echo 'words curl pvesh' ;;
    'vm disk move --format') echo 'raw qcow2 vmdk' ;;
    'vm disk remove --as') echo 'words curl pvesh' ;;
    'vm disk resize --as') echo 'words curl pvesh' ;;
    'vm exec --as') echo 'words curl pvesh' ;;
    'vm migrate --as') echo 'words curl pvesh' ;;
    'vm nic add --as') echo 'words curl pvesh' ;;
    'vm nic add --model') echo 'virtio e1000 e1000e rtl8139 vmxnet3' ;;
    'vm nic remove --as') echo 'words curl pvesh' ;;
    'vm nic set --as') echo 'words curl pvesh' ;;
    'vm nic set --model') echo 'virtio e1000 e1000e rtl8139 vmxnet3' ;;
    'vm profile remove --as') echo 'words curl pvesh' ;;
    'vm profile remove --in') echo 'user project system' ;;
    'vm profile set --as') echo 'words curl pvesh' ;;
    'vm profile set --in') echo 'user project system' ;;
    'vm reboot --as') echo 'words curl pvesh' ;;
    'vm rename --as') echo 'words curl pvesh' ;;
    'vm reset --as') echo 'words curl pvesh' ;;
    'vm resize --as') echo 'words curl pvesh' ;;
    'vm resume --as') echo 'words curl pvesh' ;;
    'vm set --as') echo 'words curl pvesh' ;;
    'vm set --bios') echo 'seabios ovmf' ;;
    'vm shutdown --as') echo 'words curl pvesh' ;;
    'vm snapshot create --as') echo 'words curl pvesh' ;;
    'vm snapshot delete --as') echo 'words curl pvesh' ;;
    'vm snapshot prune --as') echo 'words curl pvesh' ;;
    'vm snapshot rollback --as') echo 'words curl pvesh' ;;
    'vm ssh --as') echo 'words curl pvesh' ;;
    'vm start --as') echo 'words curl pvesh' ;;
    'vm stop --as') echo 'words curl pvesh' ;;
    'vm suspend --as') echo 'words curl pvesh' ;;
    'vm tag --as') echo 'words curl pvesh' ;;
    'vm watch --until') echo 'running stopped' ;;
    'wait --for') echo 'running stopped agent ip ssh deleted task' ;;
    *)
      case "$2" in
    '--log-level') echo 'trace debug info warn error' ;;
    '--log-format') echo 'text json' ;;
      esac
      ;;
  esac
}

__pmx_global_flags='--context --output --json --verbose --log-level --log-file --log-format --debug --no-color --no-input --request-timeout'
__pmx_global_values='--context --output -o --log-level --log-file --log-format --request-timeout'

_pmx() {
  # Not COMP_WORDS: readline breaks words at : and =, which volumes and UPIDs have.
  local line=${COMP_LINE:0:COMP_POINT} path='' prefix='' previous='' files=''
  local words word value cur rest candidates valued i last
  read -ra words <<< "$line"
  [[ $line == *[[:space:]] ]] && words+=('')
  words=("${words[@]:1}")
  last=$(( ${#words[@]} - 1 ))
  (( last >= 0 )) || return
  cur=${words[last]}
  COMPREPLY=()

  for (( i = 0; i < last; i++ )); do
    word=${words[i]}
    if [[ $word == -* ]]; then
      [[ " $__pmx_global_values " == *" $word "* ]] && (( i++ ))
      continue
    fi
    [[ " $(__pmx_children "$path") " == *" $word "* ]] || break
    path=${path:+$path }$word
  done
  (( last > 0 )) && previous=${words[last - 1]}

  if [[ $cur == --*=* ]]; then
    prefix=${cur%%=*}=
    candidates=$(__pmx_options "$path" "${cur%%=*}")
  elif [[ $cur == -* ]]; then
    candidates="$(__pmx_flags "$path") $__pmx_global_flags"
  else
    valued=" $(__pmx_values "$path") $__pmx_global_values "
    if [[ $previous == -* && $valued == *" $previous "* ]]; then
      candidates=$(__pmx_options "$path" "$previous")
    else
      candidates=$(__pmx_children "$path")
    fi
  fi

  if [[ -n $candidates ]]; then
    for word in $candidates; do
      [[ $prefix$word == "$cur"* ]] && COMPREPLY+=("$prefix$word")
    done
  else
    while IFS=$'\t' read -r value rest; do
      case $value in
        :files) files=yes ;;
        :values) ;;
        *) COMPREPLY+=("$value") ;;
      esac
    done < <(pmx complete -- "${words[@]}" 2>/dev/null)
  fi

  # readline replaces only what stands behind the last : or =
  local typed=$cur cut=''
  [[ $COMP_WORDBREAKS == *=* && $typed == *=* ]] && cut=${typed%"${typed##*=}"}
  [[ $COMP_WORDBREAKS == *:* && $typed == *:* && ${#cut} -lt ${#typed} ]] &&
    cut=${typed%"${typed##*[:=]}"}
  if [[ -n $files ]]; then
    compopt -o filenames 2>/dev/null
    while IFS= read -r value; do COMPREPLY+=("$value"); done < <(compgen -f -- "${cur#"$prefix"}")
    return
  fi
  for i in "${!COMPREPLY[@]}"; do COMPREPLY[i]=${COMPREPLY[i]#"$cut"}; done
  # Behind these something has to follow.
  [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *[=,] ]] && compopt -o nospace 2>/dev/null
  return 0
}

complete -F _pmx pmx
