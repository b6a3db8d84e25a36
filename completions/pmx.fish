# fish completion of pmx. Made by: pmx completion fish
# Words and flags stand in here; values come from pmx complete, which has them cached.

set -g __pmx_columns '--columns' 'Only these columns, in this order' '--sort-by' 'Order by these columns' '--filter' 'Only rows that fit' '--no-headers' 'Leave the line with the names out' '--strict' 'End with exit code 3 when a node could not be asked'
set -g __pmx_watch '--watch' 'Show it again and again, until Ctrl-C'
set -g __pmx_dry_run '--dry-run' 'Show what would be done, in order, and change nothing' '--as' 'How --dry-run shows API calls' '--yes' 'Do not ask before a step that cannot be taken back' '--quiet' 'Say nothing but warnings and errors' '--keep-on-failure' 'When a step fails, leave what was made (pmx op rollback takes it back later)' '--fail-fast' 'Of several' '--wait-lock' 'How long to wait for who else works on a guest (60s, 5m'
set -g __pmx_parallel '--parallel' 'Of several'
set -g __pmx_user '--user' 'User'
set -g __pmx_comment '--comment' 'What it is for'
set -g __pmx_wait '--wait' 'Wait until the task has ended' '--no-wait' 'Wait until the task has ended'
set -g __pmx_selector '--selector' 'Guests by tag, status, node, pool, name or lock'
set -g __pmx_allow_empty '--allow-empty' 'A range, pattern or selector that matches nothing is no mistake'
set -g __pmx_vmid '--vmid' 'VMID to use'
set -g __pmx_in '--in' 'Which file'
set -g __pmx_ca_cert '--ca-cert' 'CA certificate (PEM) to trust'
set -g __pmx_memory '--memory' 'Memory, in MiB or with a unit (2G)' '--cores' 'Number of CPU cores'
set -g __pmx_password_stdin '--password-stdin' 'Read the password from standard input'
set -g __pmx_insecure '--insecure' 'Send the password to whoever answers' '--allow-legacy-tls' 'Send the password also over TLS that others may read'
set -g __pmx_no_fail_fast '--no-fail-fast' 'Of several'
set -g __pmx_file '--file' 'Hosts from a file' '--port' 'Port of those hosts that name none'
set -g __pmx_yes '--yes' 'Go through wide (more than /20) and public networks, too'
set -g __pmx_data '--data' 'Folder for the sandbox\'s data'

function __pmx_children
    switch "$argv[1]"
        case ''
            printf '%s\\t%s\\n' 'access' 'Users, groups, roles, ACLs and tokens of the server' 'api' 'Call any path of the API' 'apply' 'Bring guests and pools to what documents say' 'audit' 'Who changed what, in a chain of hashes' 'auth' 'Logins and rights' 'backup' 'Backups of guests, and backup jobs' 'catalog' 'Distributions that templates are made from' 'cloudinit' 'Files for cloud-init' 'cluster' 'The cluster as a whole' 'completion' 'Print the completion script of a shell' 'config' 'Settings, their files and where they come from' 'context' 'Choose between servers' 'ct' 'Containers' 'delete' 'Delete the guests and pools that documents describe' 'describe' 'Show one thing with all that is known of it, as kubectl does' 'diff' 'Show what differs between documents and the server' 'doctor' 'Look for what is wrong' 'examples' 'Show examples of a command, or of all commands of a noun' 'explain' 'Explain an error code or an exit code' 'export' 'Print guests and pools as documents for pmx apply' 'get' 'List things of a kind, or show one, as kubectl does' 'ha' 'High availability of guests' 'idrac' 'iDRACs' 'init' 'Set pmx up' 'login' 'Log in to a Proxmox VE server and store it as a context' 'logout' 'Forget the stored secret of a context' 'menu' 'Find a command in lists, and run it' 'net' 'HTTPS hosts of any kind' 'node' 'Nodes of the cluster' 'op' 'What pmx did, and taking it back' 'plugins' 'Commands and hooks of others' 'pool' 'Pools of guests and storages' 'preflight' 'Check everything that a command needs, without running it' 'sandbox' 'A Proxmox VE API on this machine' 'schedule' 'Commands of pmx that run by a timer' 'status' 'Show the connection, what there is, and how much of it is used' 'storage' 'Storages and their volumes' 'task' 'Tasks of the server' 'template' 'VM templates' 'time' 'Clocks of guests' 'top' 'Show who uses the most' 'undo' 'Take back the last operation that was completed, or the one that is named' 'update' 'Newer versions of pmx itself, and back' 'version' 'Show the version of pmx, and of what it works with' 'vm' 'Virtual machines' 'wait' 'Wait until guests or tasks are as wanted' 'whoami' 'Show who pmx is on the server, and where its secret came from'
        case 'access'
            printf '%s\\t%s\\n' 'acl' 'Who has which role on which path' 'group' 'Groups of users' 'realm' 'Where users come from' 'role' 'Sets of privileges' 'token' 'API tokens' 'user' 'Users of the server'
        case 'access acl'
            printf '%s\\t%s\\n' 'list' 'List who has which role on which path' 'remove' 'Take roles on a path from users, groups or API tokens' 'set' 'Give roles on a path to users, groups or API tokens'
        case 'access group'
            printf '%s\\t%s\\n' 'create' 'Create a group of users' 'delete' 'Delete groups with their rights' 'list' 'List the groups of users' 'show' 'Show a group with its users and rights'
        case 'access realm'
            printf '%s\\t%s\\n' 'list' 'List the realms that users come from'
        case 'access role'
            printf '%s\\t%s\\n' 'create' 'Create a role from privileges' 'delete' 'Delete roles, and take them from whoever has them' 'list' 'List the roles with their privileges' 'set' 'Change the privileges of a role' 'show' 'Show a role with its privileges and who has it'
        case 'access token'
            printf '%s\\t%s\\n' 'create' 'Create an API token and show its secret, once' 'delete' 'Delete API tokens with their rights' 'list' 'List API tokens, of one user or of all'
        case 'access user'
            printf '%s\\t%s\\n' 'create' 'Create a user' 'delete' 'Delete users with their API tokens and rights' 'list' 'List the users' 'set' 'Change a user' 'show' 'Show a user with groups, API tokens and rights'
        case 'api'
            printf '%s\\t%s\\n' 'delete' 'Delete something by any path of the API' 'get' 'Read any path of the API' 'post' 'Create something, or start an action, by any path of the API' 'put' 'Change something by any path of the API'
        case 'audit'
            printf '%s\\t%s\\n' 'list' 'List every change that pmx made from this machine, oldest first' 'verify' 'Check that nothing in the audit log was changed or removed'
        case 'auth'
            printf '%s\\t%s\\n' 'can-i' 'Tell whether a command would be allowed, and what is missing' 'role' 'Work out the least roles for commands, and give them on request' 'test' 'Try the connection'
        case 'backup'
            printf '%s\\t%s\\n' 'create' 'Back guests up, VMs and containers alike' 'delete' 'Delete backups' 'job' 'Backups by schedule' 'list' 'List backups, the newest first' 'prune' 'Delete backups that no retention rule keeps' 'restore' 'Make a guest from a backup' 'show' 'Show a backup and the configuration in it' 'verify' 'Tell whether backups look sound'
        case 'backup job'
            printf '%s\\t%s\\n' 'create' 'Back guests up by schedule' 'delete' 'Delete backup jobs' 'disable' 'Keep backup jobs from running by schedule' 'enable' 'Let backup jobs run by schedule again' 'list' 'List the backup jobs' 'run' 'Run a backup job now, also one that is disabled' 'set' 'Change a backup job' 'show' 'Show a backup job and the guests that it covers now'
        case 'catalog'
            printf '%s\\t%s\\n' 'cache' 'Images that pmx has downloaded and kept' 'list' 'List the distributions that templates can be made from' 'search' 'Search the distributions' 'show' 'Show a distribution' 'update' 'Bring your own catalogue file to what its source says now' 'verify' 'Ask the publishers whether images and checksums are where they should be'
        case 'catalog cache'
            printf '%s\\t%s\\n' 'list' 'List the images that pmx has downloaded and kept' 'path' 'Print where downloaded images are kept' 'prune' 'Remove downloaded images from the cache'
        case 'cloudinit'
            printf '%s\\t%s\\n' 'render' 'Make user-data of templates and values, and ISOs that guests read it from' 'schema' 'Explain the keys of cloud-config, as cloud-init itself defines them' 'validate' 'Check files for cloud-init, with line and column of each fault'
        case 'cluster'
            printf '%s\\t%s\\n' 'resources' 'List everything in the cluster' 'status' 'Show whether the cluster has quorum, and its nodes with their versions'
        case 'config'
            printf '%s\\t%s\\n' 'audit' 'Look for what is wrong or unwise in the configuration' 'decrypt' 'Store the secrets without a passphrase again' 'edit' 'Edit a configuration file' 'encrypt' 'Encrypt the stored secrets with a passphrase' 'get' 'Print the value of one setting' 'history' 'List older versions of a configuration file' 'import' 'Take over an older tool\'s configuration' 'migrate' 'Bring a configuration file to the format of this pmx' 'path' 'Show where the configuration files are' 'reset' 'Take every setting out of a file' 'restore' 'Bring an older version of a configuration file back' 'schema' 'Print the JSON Schema of the configuration, for editors' 'set' 'Set one setting' 'unset' 'Take one setting out of a file' 'view' 'Show every setting with its value'
        case 'context'
            printf '%s\\t%s\\n' 'add' 'Store how to reach a Proxmox VE server' 'copy' 'Copy a context with its stored secret' 'export' 'Print contexts as a file for another machine, without secrets' 'import' 'Take over contexts that pmx context export has written' 'list' 'List the contexts' 'remove' 'Remove a context and its stored secret' 'rename' 'Rename a context' 'show' 'Show a context, without its secret' 'use' 'Make a context the current one' 'validate' 'Check contexts without asking their servers'
        case 'ct'
            printf '%s\\t%s\\n' 'backup' 'Back containers up' 'clone' 'Clone a container or template' 'console' 'Open a container\'s console at this terminal' 'cp' 'Copy a file into a container, or out of it' 'create' 'Create a container from a container template' 'delete' 'Delete containers with everything that belongs to them' 'disk' 'Root file system and mount points of containers' 'exec' 'Run a program in containers, through SSH to their nodes' 'list' 'List containers' 'migrate' 'Move containers to another node of the cluster' 'nic' 'Network devices of containers' 'pending' 'List changes of a container that wait for its next start' 'reboot' 'Shut containers down and start them again, which applies changes that wait for it' 'rename' 'Give a container another name' 'resize' 'Make a disk of containers bigger' 'resume' 'Let frozen containers go on' 'set' 'Change settings of containers' 'show' 'Show a container with its configuration' 'shutdown' 'Ask containers to shut down, and wait until they have' 'snapshot' 'Snapshots of containers' 'ssh' 'Log in to a container over SSH, or run a command in it' 'start' 'Start containers' 'stop' 'Stop containers at once, like pulling the plug' 'suspend' 'Freeze containers (Proxmox VE calls this experimental)' 'tag' 'Add and remove tags of containers' 'template' 'Container templates' 'watch' 'Tell what changes with containers, until Ctrl-C'
        case 'ct disk'
            printf '%s\\t%s\\n' 'add' 'Add a new disk to containers' 'detach' 'Take a disk off a container' 'list' 'List the disks of containers, with those that are not in use' 'move' 'Move a disk of a container to another storage' 'remove' 'Delete a disk of a container with its volume, for good' 'resize' 'Make a disk of containers bigger'
        case 'ct nic'
            printf '%s\\t%s\\n' 'add' 'Add a network device to containers' 'list' 'List the network devices of containers' 'remove' 'Remove a network device of containers' 'set' 'Change a network device of containers'
        case 'ct snapshot'
            printf '%s\\t%s\\n' 'create' 'Take snapshots of containers, all of the same name' 'delete' 'Delete snapshots of containers' 'list' 'List the snapshots of containers as a tree' 'prune' 'Delete old snapshots of containers' 'rollback' 'Put containers back to a snapshot'
        case 'ct template'
            printf '%s\\t%s\\n' 'download' 'Download a container template to a storage' 'list' 'List container templates, downloaded or offered'
        case 'ha'
            printf '%s\\t%s\\n' 'add' 'Let HA manage guests' 'list' 'List the guests that HA manages' 'remove' 'Take guests out of HA' 'rules' 'List the rules that say where HA runs guests' 'set' 'Change what HA does about guests' 'status' 'Show what HA is doing'
        case 'idrac'
            printf '%s\\t%s\\n' 'cert' 'Certificates of iDRACs' 'check' 'Look at iDRACs without a login' 'connect' 'Go to a host with an expired certificate through a VM at another date' 'info' 'Show what a management controller tells without a login' 'login' 'Store user and password for iDRACs, by their names or addresses' 'logout' 'Forget the stored user and password for iDRACs' 'pin' 'Remember the certificates of hosts, so that a changed one is noticed' 'power' 'Switch servers on and off through their controllers' 'scan' 'Find the management controllers of networks' 'time' 'Clocks of controllers' 'window' 'Find the fewest dates at which the certificates of hosts are valid'
        case 'idrac cert'
            printf '%s\\t%s\\n' 'csr' 'Have an iDRAC make a key and a certificate request' 'export' 'Print a certificate that an iDRAC keeps, as PEM' 'replace' 'Install a certificate of your own on an iDRAC' 'reset' 'Have iDRACs make themselves a new certificate, with a new key' 'show' 'Show the certificates that a host serves, also over old TLS'
        case 'idrac power'
            printf '%s\\t%s\\n' 'cycle' 'Switch servers off and on again through their controllers' 'off' 'Shut servers down through their controllers' 'on' 'Switch servers on through their controllers' 'reset' 'Restart servers through their controllers' 'status' 'Show whether servers are on, as their controllers know it'
        case 'idrac time'
            printf '%s\\t%s\\n' 'show' 'Show how far the clocks of controllers are off' 'sync' 'Set the clocks of iDRACs, by NTP servers or by this machine'
        case 'net'
            printf '%s\\t%s\\n' 'check' 'Look at any HTTPS host'
        case 'node'
            printf '%s\\t%s\\n' 'drain' 'Move all guests of a node to the others, for maintenance' 'list' 'List the nodes of the cluster' 'reboot' 'Reboot a node' 'show' 'Show a node' 'shutdown' 'Shut a node down' 'undrain' 'Bring the guests home that the last drain of a node moved away' 'wake' 'Wake a node that is off (Wake-on-LAN)'
        case 'op'
            printf '%s\\t%s\\n' 'list' 'List what pmx has done on this machine, newest first' 'prune' 'Remove the journals of operations that ended long ago' 'resume' 'Go on with an operation that was interrupted' 'rollback' 'Take back an operation that was interrupted or could not be undone' 'show' 'Show the steps of an operation and how far each one came'
        case 'plugins'
            printf '%s\\t%s\\n' 'inspect' 'Show what a plugin adds, also before it is installed' 'install' 'Install a plugin' 'link' 'Use a plugin from the folder it is written in' 'list' 'List installed plugins' 'new' 'Begin a new plugin' 'uninstall' 'Remove a plugin' 'update' 'Update plugins from where they came from'
        case 'pool'
            printf '%s\\t%s\\n' 'add' 'Put guests and storages into a pool' 'create' 'Create a pool' 'delete' 'Delete a pool' 'list' 'List pools' 'remove' 'Take guests and storages out of a pool' 'show' 'Show a pool with its guests and storages'
        case 'sandbox'
            printf '%s\\t%s\\n' 'env' 'Print how other clients reach the sandbox' 'fault' 'What goes wrong in the sandbox, on purpose' 'log' 'Show the requests that the sandbox got' 'record' 'Write what clients and the sandbox say to each other to a file' 'reset' 'Stop the sandbox and remove its data and context' 'start' 'Start a Proxmox VE API on this machine, to try pmx and to test against' 'status' 'Show whether the sandbox runs, where, and what goes wrong in it' 'stop' 'Stop the sandbox'
        case 'sandbox fault'
            printf '%s\\t%s\\n' 'add' 'Let something go wrong in the sandbox' 'clear' 'Let the sandbox work as it should again' 'list' 'List what goes wrong in the sandbox'
        case 'schedule'
            printf '%s\\t%s\\n' 'add' 'Run a command of pmx again and again, by a timer' 'list' 'List what pmx runs by a timer' 'remove' 'Stop running a command by a timer'
        case 'storage'
            printf '%s\\t%s\\n' 'content' 'List the volumes of a storage' 'delete' 'Delete volumes of a storage that no guest uses' 'download' 'Let the server fetch a file from a URL onto a storage' 'list' 'List storages with what they take and how full they are' 'orphans' 'List disks whose guest does not exist any more' 'prune' 'Delete the backups of a storage that its rules do not keep' 'show' 'Show a storage' 'upload' 'Upload an ISO, a container template or a disk image to a storage'
        case 'task'
            printf '%s\\t%s\\n' 'list' 'List tasks, newest first' 'log' 'Print the log of a task' 'show' 'Show the state of a task' 'stop' 'Stop running tasks' 'wait' 'Wait until a task has ended'
        case 'template'
            printf '%s\\t%s\\n' 'backup' 'Back templates up, each into an archive' 'build' 'Make the templates that a file lists, each as a new version' 'clone' 'Copy a template to another template' 'create' 'Make a template from a distribution of the catalogue, a URL or a disk image' 'delete' 'Delete templates that no linked clone is built on' 'diff' 'Show what two templates have differently' 'export' 'Print how templates are made up, as a file that makes them elsewhere' 'list' 'List VM templates with their versions' 'outdated' 'Compare templates with what their publishers have now' 'promote' 'Let the bare name of a template mean this version' 'prune' 'Delete old versions of templates' 'refresh' 'Make new versions of templates whose publisher has a newer image' 'restore' 'Make a template from its backup' 'rollback' 'Let the bare name of a template mean the version before' 'show' 'Show where a template comes from and what was made from it' 'snippet' 'Ready-made pieces that templates may be given' 'test' 'Boot a clone of a template, look into it, and destroy it' 'validate' 'Look for what will go wrong with VMs made from templates' 'versions' 'List the versions of a template, the newest first'
        case 'template snippet'
            printf '%s\\t%s\\n' 'list' 'List the snippets that template create --snippet puts into templates' 'show' 'Show what a snippet does'
        case 'time'
            printf '%s\\t%s\\n' 'exec' 'Run a program of this machine at another date, without any VM' 'restore' 'Bring shifted clocks home' 'run' 'Run a program in a VM at another date, then bring its clock home' 'shift' 'Shift the clocks of running VMs, until they are restored' 'status' 'Show the clocks of VMs and their open shifts' 'window' 'Find the dates at which expired certificates are valid'
        case 'update'
            printf '%s\\t%s\\n' 'rollback' 'Go back to the version of pmx before the last update'
        case 'vm'
            printf '%s\\t%s\\n' 'agent' 'Ask the guest agent of a VM' 'backup' 'Back VMs up' 'clone' 'Clone a VM or template' 'console' 'Open a VM\'s serial console at this terminal, or its screen in a viewer' 'cp' 'Copy a file into a VM, or out of it' 'create' 'Create VMs' 'delete' 'Delete VMs with everything that belongs to them' 'deploy-timeshift' 'Create a jump VM for shifted clocks' 'disk' 'Disks of VMs' 'exec' 'Run a program in VMs, through their guest agent' 'list' 'List VMs' 'migrate' 'Move VMs to another node of the cluster' 'nic' 'Network devices of VMs' 'pending' 'List changes of a VM that wait for its next start' 'profile' 'Named sets of settings for new VMs' 'reboot' 'Shut VMs down and start them again, which applies changes that wait for it' 'rename' 'Give a VM another name' 'reset' 'Reset VMs at once, as if by their button' 'resize' 'Make a disk of VMs bigger' 'resume' 'Let suspended VMs go on' 'set' 'Change settings of VMs' 'show' 'Show a VM or template with its configuration' 'shutdown' 'Ask VMs to shut down, and wait until they have' 'snapshot' 'Snapshots of VMs' 'ssh' 'Log in to a VM over SSH, or run a command in it' 'start' 'Start VMs' 'stop' 'Stop VMs at once, like pulling the plug' 'suspend' 'Pause VMs in memory, or suspend them to disk' 'tag' 'Add and remove tags of VMs' 'watch' 'Tell what changes with VMs, until Ctrl-C'
        case 'vm agent'
            printf '%s\\t%s\\n' 'file-read' 'Print a file of a guest, byte by byte' 'file-write' 'Write stdin into a file of a guest, in one call' 'freeze' 'Freeze the file systems of VMs, for a snapshot by other means' 'fsinfo' 'List a guest\'s file systems and how full they are' 'fstrim' 'Give unused blocks of VMs back to their storage' 'info' 'Show the version of a guest agent and the commands it knows' 'network' 'List a guest\'s network interfaces with their addresses' 'osinfo' 'Show which operating system a guest runs' 'passwd' 'Set the password of a user in a guest' 'ping' 'Ask whether the guest agent of a VM answers' 'thaw' 'Let the file systems of VMs go on after a freeze' 'time' 'Show the guest\'s clock, and how far it is from this machine\'s' 'users' 'List who is logged in to a guest'
        case 'vm disk'
            printf '%s\\t%s\\n' 'add' 'Add a new disk to VMs' 'detach' 'Take a disk off a VM' 'list' 'List the disks of VMs, with those that are not in use' 'move' 'Move a disk of a VM to another storage, also while it runs' 'remove' 'Delete a disk of a VM with its volume, for good' 'resize' 'Make a disk of VMs bigger'
        case 'vm nic'
            printf '%s\\t%s\\n' 'add' 'Add a network device to VMs' 'list' 'List the network devices of VMs' 'remove' 'Remove a network device of VMs' 'set' 'Change a network device of VMs'
        case 'vm profile'
            printf '%s\\t%s\\n' 'list' 'List the profiles for new VMs' 'remove' 'Remove a profile for new VMs' 'set' 'Set fields of a profile for new VMs' 'show' 'Show a profile for new VMs'
        case 'vm snapshot'
            printf '%s\\t%s\\n' 'create' 'Take snapshots of VMs, all of the same name' 'delete' 'Delete snapshots of VMs' 'list' 'List the snapshots of VMs as a tree' 'prune' 'Delete old snapshots of VMs' 'rollback' 'Put VMs back to a snapshot'
    end
end

function __pmx_flags
    switch "$argv[1]"
        case 'access acl list'
            printf '%s\\t%s\\n' '--path' 'Only what is given on this path itself' '--who' 'Only what this user, group or token is given' $__pmx_columns $__pmx_watch
        case 'access acl remove'
            printf '%s\\t%s\\n' '--role' 'Role' '--group' 'Group' '--token' 'API token' $__pmx_dry_run $__pmx_parallel $__pmx_user
        case 'access acl set'
            printf '%s\\t%s\\n' '--role' 'Role' '--group' 'Group' '--token' 'API token' '--propagate' 'Also for everything below the path' '--no-propagate' 'Also for everything below the path' $__pmx_dry_run $__pmx_parallel $__pmx_user
        case 'access group create'
            printf '%s\\t%s\\n' $__pmx_dry_run $__pmx_parallel $__pmx_comment
        case 'access group delete'
            printf '%s\\t%s\\n' $__pmx_dry_run $__pmx_parallel
        case 'access group list'
            printf '%s\\t%s\\n' $__pmx_columns $__pmx_watch
        case 'access realm list'
            printf '%s\\t%s\\n' $__pmx_columns $__pmx_watch
        case 'access role create'
            printf '%s\\t%s\\n' '--privilege' 'Privileges, separated by commas' $__pmx_dry_run $__pmx_parallel
        case 'access role delete'
            printf '%s\\t%s\\n' $__pmx_dry_run $__pmx_parallel
        case 'access role list'
            printf '%s\\t%s\\n' $__pmx_columns $__pmx_watch
        case 'access role set'
            printf '%s\\t%s\\n' '--privilege' 'These instead of what it has' '--add' 'These as well' '--remove' 'These no longer' $__pmx_dry_run $__pmx_parallel
        case 'access token create'
            printf '%s\\t%s\\n' '--expire' 'Until when it is good' '--privsep' 'Rights of its own' '--no-privsep' 'Rights of its own' $__pmx_dry_run $__pmx_parallel $__pmx_comment
        case 'access token delete'
            printf '%s\\t%s\\n' $__pmx_dry_run $__pmx_parallel
        case 'access token list'
            printf '%s\\t%s\\n' $__pmx_columns $__pmx_watch
        case 'access user create'
            printf '%s\\t%s\\n' '--group' 'Group that the user is in' '--email' 'Address for mails of the server' '--first-name' 'First name' '--last-name' 'Last name' '--expire' 'Until when it is good' '--disable' 'Let nobody log in as this user' '--password-stdin' 'Read the password from standard input (only for the realm pve)' $__pmx_dry_run $__pmx_parallel $__pmx_comment
        case 'access user delete'
            printf '%s\\t%s\\n' $__pmx_dry_run $__pmx_parallel
        case 'access user list'
            printf '%s\\t%s\\n' $__pmx_columns $__pmx_watch
        case 'access user set'
            printf '%s\\t%s\\n' '--group' 'Group that the user is in' '--email' 'Address for mails of the server' '--first-name' 'First name' '--last-name' 'Last name' '--expire' 'Until when it is good' '--disable' 'Let nobody log in as this user' '--enable' 'Let it log in again' $__pmx_dry_run $__pmx_parallel $__pmx_comment
        case 'api delete'
            printf '%s\\t%s\\n' $__pmx_dry_run $__pmx_parallel $__pmx_wait
        case 'api post'
            printf '%s\\t%s\\n' $__pmx_dry_run $__pmx_parallel $__pmx_wait
        case 'api put'
            printf '%s\\t%s\\n' $__pmx_dry_run $__pmx_parallel $__pmx_wait
        case 'apply'
            printf '%s\\t%s\\n' '--file' 'YAML file with documents, folder with such files, or - for standard input' '--var' 'Value for ${NAME} in the documents' '--replace' 'Make guests anew where that is the only way' $__pmx_dry_run $__pmx_parallel
        case 'audit list'
            printf '%s\\t%s\\n' '--limit' 'The newest so many' $__pmx_columns $__pmx_watch
        case 'audit verify'
            printf '%s\\t%s\\n' '--head' 'A hash that was the newest once'
        case 'auth role'
            printf '%s\\t%s\\n' '--for' 'A pmx command line in quotes' '--name' 'What the names of the roles begin with' '--user' 'Who gets the rights' '--token' 'Who gets the rights' '--apply' 'Create the roles and the ACLs' $__pmx_dry_run $__pmx_parallel
        case 'backup create'
            printf '%s\\t%s\\n' '--storage' 'Storage for the backup' '--mode' 'Keep it running (snapshot), pause it (suspend), or shut it down meanwhile (stop)' '--compress' 'How the archive is packed' '--notes' 'Notes of the backup' '--protected' 'Nothing prunes or deletes it' '--keep' 'So many of each guest stay on the storage' $__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty
        case 'backup delete'
            printf '%s\\t%s\\n' $__pmx_dry_run $__pmx_parallel
        case 'backup job create'
            printf '%s\\t%s\\n' '--schedule' 'Calendar event of Proxmox VE' '--storage' 'Where the archives go' '--all' 'All guests, new ones too' '--vmid' 'These' '--pool' 'Those of a pool' '--exclude' 'But not these' '--node' 'Only guests that are on this node' '--mode' 'What happens to a running guest meanwhile' '--compress' 'How archives are compressed' '--keep-last' 'The newest ones' '--keep-hourly' 'Of so many hours the newest one' '--keep-daily' 'Of so many days the newest one' '--keep-weekly' 'Of so many weeks the newest one' '--keep-monthly' 'Of so many months the newest one' '--keep-yearly' 'Of so many years the newest one' '--notes' 'Notes of each archive' '--comment' 'What the job is for' '--enabled' 'Runs by schedule' '--no-enabled' 'Runs by schedule' '--protected' 'Protect the archives' '--no-protected' 'Protect the archives' '--repeat-missed' 'Catch up on runs that were missed' '--no-repeat-missed' 'Catch up on runs that were missed' $__pmx_dry_run $__pmx_parallel
        case 'backup job delete'
            printf '%s\\t%s\\n' $__pmx_dry_run $__pmx_parallel
        case 'backup job disable'
            printf '%s\\t%s\\n' $__pmx_dry_run $__pmx_parallel
        case 'backup job enable'
            printf '%s\\t%s\\n' $__pmx_dry_run $__pmx_parallel
        case 'backup job list'
            printf '%s\\t%s\\n' $__pmx_columns $__pmx_watch
        case 'backup job run'
            printf '%s\\t%s\\n' '--prune' 'Also remove what the job\'s retention does not keep' $__pmx_dry_run $__pmx_parallel
        case 'backup job set'
            printf '%s\\t%s\\n' '--schedule' 'Calendar event of Proxmox VE' '--storage' 'Where the archives go' '--all' 'All guests, new ones too' '--vmid' 'These' '--pool' 'Those of a pool' '--exclude' 'But not these' '--node' 'Only guests that are on this node' '--mode' 'What happens to a running guest meanwhile' '--compress' 'How archives are compressed' '--keep-last' 'The newest ones' '--keep-hourly' 'Of so many hours the newest one' '--keep-daily' 'Of so many days the newest one' '--keep-weekly' 'Of so many weeks the newest one' '--keep-monthly' 'Of so many months the newest one' '--keep-yearly' 'Of so many years the newest one' '--notes' 'Notes of each archive' '--comment' 'What the job is for' '--enabled' 'Runs by schedule' '--no-enabled' 'Runs by schedule' '--protected' 'Protect the archives' '--no-protected' 'Protect the archives' '--repeat-missed' 'Catch up on runs that were missed' '--no-repeat-missed' 'Catch up on runs that were missed' '--unset' 'Back to the default' $__pmx_dry_run $__pmx_parallel
        case 'backup list'
            printf '%s\\t%s\\n' '--storage' 'Only on this storage' '--node' 'Only storages of this node' $__pmx_columns $__pmx_watch
        case 'backup prune'
            printf '%s\\t%s\\n' '--storage' 'Only on this storage' '--keep-last' 'The newest ones' '--keep-hourly' 'Of so many hours the newest one' '--keep-daily' 'Of so many days the newest one' '--keep-weekly' 'Of so many weeks the newest one' '--keep-monthly' 'Of so many months the newest one' '--keep-yearly' 'Of so many years the newest one' $__pmx_dry_run $__pmx_parallel
        case 'backup restore'
            printf '%s\\t%s\\n' '--node' 'Node to restore on' '--storage' 'Storage for all disks' '--name' 'Name of the guest, a DNS name' '--start' 'Start it afterwards' '--force' 'Replace the stopped guest that has the VMID' $__pmx_dry_run $__pmx_parallel $__pmx_vmid
        case 'backup verify'
            printf '%s\\t%s\\n' '--storage' 'Only on this storage' $__pmx_columns $__pmx_watch
        case 'catalog cache list'
            printf '%s\\t%s\\n' $__pmx_columns $__pmx_watch
        case 'catalog cache prune'
            printf '%s\\t%s\\n' '--all' 'All of them' $__pmx_dry_run $__pmx_parallel
        case 'catalog list'
            printf '%s\\t%s\\n' $__pmx_columns $__pmx_watch
        case 'catalog search'
            printf '%s\\t%s\\n' $__pmx_columns $__pmx_watch
        case 'catalog update'
            printf '%s\\t%s\\n' '--from' 'URL or file, instead of the setting catalogSource' '--check' 'Only say whether there is something else' $__pmx_dry_run $__pmx_parallel
        case 'catalog verify'
            printf '%s\\t%s\\n' '--arch' 'Architecture' '--junit' 'Write a report for CI servers' $__pmx_columns $__pmx_watch
        case 'cloudinit render'
            printf '%s\\t%s\\n' '--set' 'Value for a template' '--values' 'YAML or JSON file with values, also secret ones' '--multipart' 'Join several files to one MIME message' '--out' 'Write the user-data here' '--iso' 'Write an ISO here, for a CD drive' '--layout' 'What cloud-init is to find on the ISO' '--hostname' 'Host name in the meta-data of the ISO' '--instance-id' 'A new one makes a guest begin anew' '--meta-data' 'Own meta-data' '--network-config' 'Own network-config' '--vendor-data' 'Own vendor-data'
        case 'cloudinit schema'
            printf '%s\\t%s\\n' '--kind' 'Which schema'
        case 'cloudinit validate'
            printf '%s\\t%s\\n' '--kind' 'Which file of a seed they are' '--set' 'Value for a template' '--values' 'YAML or JSON file with values, also secret ones' '--strict' 'Warnings count as errors'
        case 'cluster resources'
            printf '%s\\t%s\\n' '--type' 'Only these' $__pmx_columns $__pmx_watch
        case 'config audit'
            printf '%s\\t%s\\n' $__pmx_columns $__pmx_watch
        case 'config decrypt'
            printf '%s\\t%s\\n' $__pmx_dry_run $__pmx_parallel
        case 'config edit'
            printf '%s\\t%s\\n' '--editor' 'Editor with its arguments, run without a shell' $__pmx_dry_run $__pmx_parallel $__pmx_in
        case 'config encrypt'
            printf '%s\\t%s\\n' $__pmx_dry_run $__pmx_parallel
        case 'config history'
            printf '%s\\t%s\\n' $__pmx_columns $__pmx_watch $__pmx_in
        case 'config import'
            printf '%s\\t%s\\n' '--from' 'Which tool wrote it' '--name' 'Name of the new context' '--replace' 'Replace a context of that name' $__pmx_dry_run $__pmx_parallel
        case 'config migrate'
            printf '%s\\t%s\\n' $__pmx_dry_run $__pmx_parallel $__pmx_in
        case 'config path'
            printf '%s\\t%s\\n' $__pmx_columns $__pmx_watch
        case 'config reset'
            printf '%s\\t%s\\n' '--all' 'Contexts too' $__pmx_dry_run $__pmx_parallel $__pmx_in
        case 'config restore'
            printf '%s\\t%s\\n' $__pmx_dry_run $__pmx_parallel $__pmx_in
        case 'config set'
            printf '%s\\t%s\\n' $__pmx_dry_run $__pmx_parallel $__pmx_in
        case 'config unset'
            printf '%s\\t%s\\n' $__pmx_dry_run $__pmx_parallel $__pmx_in
        case 'config view'
            printf '%s\\t%s\\n' '--origins' 'Show who said so, and who else did and lost' $__pmx_columns $__pmx_watch
        case 'context add'
            printf '%s\\t%s\\n' '--host' 'Host, host:port or URL of the API' '--token-id' 'API token, without the secret' '--token-stdin' 'Read the token\'s secret from stdin' '--fingerprint' 'SHA-256 of the server\'s certificate' '--insecure' 'Accept any certificate' '--default-node' 'Node to use when none is given' '--default-storage' 'Storage to use when none is given' '--default-bridge' 'Bridge to use when none is given' '--default-pool' 'Pool for new guests' '--vmids' 'Range that new guests get their VMID from' '--tags' 'Tags of new guests' '--endpoint' 'Further address of the same cluster' '--proxy' 'HTTP proxy on the way to the server' '--header' 'Header for a gateway' '--read-only' 'Refuse every write' '--confirm' 'Ask before every change, or only before what cannot be taken back' '--secret-command' 'Program with its arguments that prints the secret' '--replace' 'Replace a context of that name' $__pmx_dry_run $__pmx_parallel $__pmx_ca_cert
        case 'context copy'
            printf '%s\\t%s\\n' $__pmx_dry_run $__pmx_parallel
        case 'context export'
            printf '%s\\t%s\\n' '--format' 'Format of the file' '--with-secrets' 'With the stored secrets, encrypted'
        case 'context import'
            printf '%s\\t%s\\n' '--only' 'Only this context' '--replace' 'Replace contexts of the same name' $__pmx_dry_run $__pmx_parallel
        case 'context list'
            printf '%s\\t%s\\n' $__pmx_columns $__pmx_watch
        case 'context remove'
            printf '%s\\t%s\\n' $__pmx_dry_run $__pmx_parallel
        case 'context rename'
            printf '%s\\t%s\\n' $__pmx_dry_run $__pmx_parallel
        case 'context use'
            printf '%s\\t%s\\n' $__pmx_dry_run $__pmx_parallel
        case 'context validate'
            printf '%s\\t%s\\n' $__pmx_columns $__pmx_watch
        case 'ct backup'
            printf '%s\\t%s\\n' '--storage' 'Storage for the backup' '--mode' 'Keep it running (snapshot), pause it (suspend), or shut it down meanwhile (stop)' '--compress' 'How the archive is packed' '--notes' 'Notes of the backup' '--protected' 'Nothing prunes or deletes it' '--keep' 'So many of each guest stay on the storage' $__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty
        case 'ct clone'
            printf '%s\\t%s\\n' '--linked' 'Linked clone of a template' '--full' 'Full clone' '--snapshot' 'Clone it as it was at this snapshot' '--target-node' 'Node for the clone' '--storage' 'Storage for the disks of a full clone' '--pool' 'Pool to put the clone into' $__pmx_dry_run $__pmx_parallel $__pmx_vmid
        case 'ct console'
            printf '%s\\t%s\\n' '--escape' 'Key that leaves the console' $__pmx_dry_run $__pmx_parallel
        case 'ct cp'
            printf '%s\\t%s\\n' '--user' 'User at the node, which must be able to run pct, or with --via ssh in it' '--host' 'Address of the node, when the one that the cluster knows does not do' '--port' 'Port of its SSH server' '--identity' 'File with the key' '--jump' 'Host to go through' '--via' 'How' '--print' 'Print the line for ssh, and do not run it' '--mode' 'Mode of a file that is new in the container' $__pmx_dry_run $__pmx_parallel
        case 'ct create'
            printf '%s\\t%s\\n' '--template' 'Container template' '--node' 'Node for the container' '--storage' 'Storage for the root disk' '--pool' 'Pool to put the guest into' '--rootfs' 'Size of the root disk (20G)' '--swap' 'Swap, in MiB or with a unit (512M)' '--net' 'Network device' '--ip' 'Address of the first network device' '--unprivileged' 'Root of the container is nobody on the node' '--no-unprivileged' 'Root of the container is nobody on the node' '--features' 'What the container may do (nesting=1,keyctl=1,fuse=1)' '--nameserver' 'Address of a DNS server' '--searchdomain' 'Domain that names are searched in' '--onboot' 'Start the container when its node starts' '--password' 'Ask for a password of root' '--password-stdin' 'Read the password of root from standard input' '--ssh-key' 'File with public SSH keys of root' '--tags' 'Tags, separated by commas' '--start' 'Start the container' '--wait' 'Start the container and wait until it has an address, or SSH answers' '--wait-timeout' 'How long --wait waits' $__pmx_dry_run $__pmx_parallel $__pmx_vmid $__pmx_memory
        case 'ct delete'
            printf '%s\\t%s\\n' '--stop' 'Cut the power of running ones first' '--keep-backups' 'Backups stay' '--delete-backups' 'Backups go as well, except protected ones' '--backup-first' 'Make a backup first' '--backup-storage' 'Storage for that backup' '--purge' 'Take it out of backup jobs, HA and replication' '--no-purge' 'Take it out of backup jobs, HA and replication' $__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty
        case 'ct disk add'
            printf '%s\\t%s\\n' '--size' 'Size of the new disk' '--storage' 'Storage for it' '--slot' 'Slot for it' '--backup' 'Backups of the guest hold this disk, too' '--no-backup' 'Backups of the guest hold this disk, too' '--path' 'Where the container sees it' '--ro' 'Read-only' $__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty
        case 'ct disk detach'
            printf '%s\\t%s\\n' $__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty
        case 'ct disk list'
            printf '%s\\t%s\\n' $__pmx_columns $__pmx_watch $__pmx_selector $__pmx_allow_empty
        case 'ct disk move'
            printf '%s\\t%s\\n' '--storage' 'Storage that it goes to' '--delete' 'Delete the first volume' '--no-delete' 'Delete the first volume' $__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty
        case 'ct disk remove'
            printf '%s\\t%s\\n' $__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty
        case 'ct disk resize'
            printf '%s\\t%s\\n' $__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty
        case 'ct exec'
            printf '%s\\t%s\\n' '--user' 'User at the node' '--host' 'Address of the node, when the one that the cluster knows does not do' '--port' 'Port of its SSH server' '--identity' 'File with the key' '--jump' 'Host to go through' '--print' 'Print the lines for ssh, and do not run them' $__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty
        case 'ct list'
            printf '%s\\t%s\\n' '--node' 'Only containers on this node' $__pmx_columns $__pmx_watch $__pmx_selector
        case 'ct migrate'
            printf '%s\\t%s\\n' '--to' 'Node that it goes to' '--target-storage' 'Storage there for copied disks' '--restart' 'Also while it runs' $__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty
        case 'ct nic add'
            printf '%s\\t%s\\n' '--bridge' 'Bridge or SDN vnet that it is connected to' '--vlan' 'VLAN tag' '--mtu' 'Largest packet in bytes' '--rate' 'Limit in MB/s' '--firewall' 'Firewall rules of the guest count' '--no-firewall' 'Firewall rules of the guest count' '--link-down' 'As if the cable were unplugged' '--no-link-down' 'As if the cable were unplugged' '--mac' 'MAC address' '--name' 'Name inside the container' '--ip' 'Its address' $__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty
        case 'ct nic list'
            printf '%s\\t%s\\n' $__pmx_columns $__pmx_watch $__pmx_selector $__pmx_allow_empty
        case 'ct nic remove'
            printf '%s\\t%s\\n' $__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty
        case 'ct nic set'
            printf '%s\\t%s\\n' '--bridge' 'Bridge or SDN vnet that it is connected to' '--vlan' 'VLAN tag' '--mtu' 'Largest packet in bytes' '--rate' 'Limit in MB/s' '--firewall' 'Firewall rules of the guest count' '--no-firewall' 'Firewall rules of the guest count' '--link-down' 'As if the cable were unplugged' '--no-link-down' 'As if the cable were unplugged' '--mac' 'MAC address' '--name' 'Name inside the container' '--ip' 'Its address' $__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty
        case 'ct pending'
            printf '%s\\t%s\\n' '--all' 'Also options that nothing waits for' $__pmx_columns $__pmx_watch
        case 'ct reboot'
            printf '%s\\t%s\\n' '--timeout' 'How long a container gets to shut down by itself' $__pmx_dry_run $__pmx_parallel $__pmx_wait $__pmx_selector $__pmx_allow_empty
        case 'ct rename'
            printf '%s\\t%s\\n' $__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty
        case 'ct resize'
            printf '%s\\t%s\\n' $__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty
        case 'ct resume'
            printf '%s\\t%s\\n' $__pmx_dry_run $__pmx_parallel $__pmx_wait $__pmx_selector $__pmx_allow_empty
        case 'ct set'
            printf '%s\\t%s\\n' '--hostname' 'Name of the container, a DNS name' '--description' 'Notes about the guest' '--cpulimit' 'Limit of CPU time, in CPUs (1.5)' '--cpuunits' 'Weight of its CPU time against that of other guests' '--onboot' 'Start it when its node starts' '--no-onboot' 'Start it when its node starts' '--protection' 'Refuse to delete it and its disks' '--no-protection' 'Refuse to delete it and its disks' '--startup' 'Order and delays at the start of the node' '--tags' 'All tags, separated by commas' '--nameserver' 'DNS servers for it, separated by blanks' '--searchdomain' 'DNS search domains for it' '--set' 'Any other option of the API' '--delete' 'Remove an option, so that its default counts' '--swap' 'Swap in MiB' '--features' 'Features beyond the usual' '--timezone' 'Time zone inside' '--ostype' 'Kind of distribution' $__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty $__pmx_memory
        case 'ct shutdown'
            printf '%s\\t%s\\n' '--timeout' 'How long a container gets to shut down by itself' '--force' 'Stop it when the time is over' $__pmx_dry_run $__pmx_parallel $__pmx_wait $__pmx_selector $__pmx_allow_empty
        case 'ct snapshot create'
            printf '%s\\t%s\\n' '--name' 'Name of the snapshot' '--description' 'What it is for' $__pmx_dry_run $__pmx_parallel $__pmx_wait $__pmx_selector $__pmx_allow_empty
        case 'ct snapshot delete'
            printf '%s\\t%s\\n' $__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty
        case 'ct snapshot list'
            printf '%s\\t%s\\n' $__pmx_columns $__pmx_watch $__pmx_selector $__pmx_allow_empty
        case 'ct snapshot prune'
            printf '%s\\t%s\\n' '--keep' 'How many of each guest stay, the newest ones' '--older-than' 'Only those that are older' '--match' 'Only those of such a name' $__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty
        case 'ct snapshot rollback'
            printf '%s\\t%s\\n' '--start' 'Start the guest afterwards' $__pmx_dry_run $__pmx_parallel $__pmx_wait $__pmx_selector $__pmx_allow_empty
        case 'ct ssh'
            printf '%s\\t%s\\n' '--user' 'User to log in as' '--host' 'Address, when it cannot be found' '--port' 'Port of the SSH server' '--identity' 'File with the key' '--jump' 'Host to go through' '--tty' 'A terminal also for a command' '--print' 'Print the line for ssh, and do not run it' $__pmx_dry_run $__pmx_parallel
        case 'ct start'
            printf '%s\\t%s\\n' $__pmx_dry_run $__pmx_parallel $__pmx_wait $__pmx_selector $__pmx_allow_empty
        case 'ct stop'
            printf '%s\\t%s\\n' $__pmx_dry_run $__pmx_parallel $__pmx_wait $__pmx_selector $__pmx_allow_empty
        case 'ct suspend'
            printf '%s\\t%s\\n' $__pmx_dry_run $__pmx_parallel $__pmx_wait $__pmx_selector $__pmx_allow_empty
        case 'ct tag'
            printf '%s\\t%s\\n' '--add' 'Tags to add, separated by commas' '--remove' 'Tags to remove' '--set' 'All tags instead of those of now' $__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty
        case 'ct template download'
            printf '%s\\t%s\\n' '--node' 'Node that fetches it' '--storage' 'Storage with content "vztmpl"' $__pmx_dry_run $__pmx_parallel
        case 'ct template list'
            printf '%s\\t%s\\n' '--node' 'Node to look from' '--downloaded' 'Only those that are on a storage' $__pmx_columns $__pmx_watch
        case 'ct watch'
            printf '%s\\t%s\\n' '--interval' 'Pause between two looks' '--until' 'End as soon as all of them are in this state' '--timeout' 'End after this time' '--exec' 'Program to run for each event' $__pmx_selector $__pmx_allow_empty
        case 'delete'
            printf '%s\\t%s\\n' '--file' 'YAML file with documents, folder with such files, or - for standard input' '--var' 'Value for ${NAME} in the documents' '--stop' 'Cut the power of running ones first' $__pmx_dry_run $__pmx_parallel
        case 'diff'
            printf '%s\\t%s\\n' '--file' 'YAML file with documents, folder with such files, or - for standard input' '--var' 'Value for ${NAME} in the documents'
        case 'doctor'
            printf '%s\\t%s\\n' '--watch' 'Look again and again, the worst first, until Ctrl-C'
        case 'ha add'
            printf '%s\\t%s\\n' '--state' 'What is asked for' '--max-restart' 'How often it is started again on its node' '--max-relocate' 'How often it is tried on another node then' $__pmx_dry_run $__pmx_parallel $__pmx_comment $__pmx_selector $__pmx_allow_empty
        case 'ha list'
            printf '%s\\t%s\\n' $__pmx_columns $__pmx_watch
        case 'ha remove'
            printf '%s\\t%s\\n' $__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty
        case 'ha rules'
            printf '%s\\t%s\\n' $__pmx_columns $__pmx_watch
        case 'ha set'
            printf '%s\\t%s\\n' '--state' 'What is asked for' '--max-restart' 'How often it is started again on its node' '--max-relocate' 'How often it is tried on another node then' $__pmx_dry_run $__pmx_parallel $__pmx_comment $__pmx_selector $__pmx_allow_empty
        case 'ha status'
            printf '%s\\t%s\\n' $__pmx_columns $__pmx_watch
        case 'idrac cert csr'
            printf '%s\\t%s\\n' '--cn' 'Common name' '--san' 'Names and addresses that it is for' '--organization' 'Organization' '--unit' 'Organizational unit' '--city' 'City' '--state' 'State or province' '--country' 'Country, two letters' '--email' 'Mail address' $__pmx_dry_run $__pmx_parallel $__pmx_user $__pmx_ca_cert $__pmx_password_stdin $__pmx_insecure
        case 'idrac cert export'
            printf '%s\\t%s\\n' '--type' 'Which one' $__pmx_user $__pmx_ca_cert $__pmx_password_stdin $__pmx_insecure
        case 'idrac cert replace'
            printf '%s\\t%s\\n' '--cert' 'The new certificate (PEM)' '--key' 'Its private key (PEM)' '--csr' 'The request that the iDRAC made, for which it was issued' '--pfx' 'Certificate and key in one (PKCS#12)' $__pmx_dry_run $__pmx_parallel $__pmx_user $__pmx_ca_cert $__pmx_password_stdin $__pmx_insecure
        case 'idrac cert reset'
            printf '%s\\t%s\\n' '--repin' 'Remember what is served afterwards, also when only the network vouches for it' $__pmx_dry_run $__pmx_parallel $__pmx_user $__pmx_ca_cert $__pmx_password_stdin $__pmx_insecure $__pmx_no_fail_fast $__pmx_file
        case 'idrac cert show'
            printf '%s\\t%s\\n' '--pem' 'Print the certificates themselves' '--checkend' 'End with exit code 1 when a certificate ends within this time'
        case 'idrac check'
            printf '%s\\t%s\\n' '--warn' 'Warn when a certificate ends within this time' '--crit' 'Critical when a certificate ends within this time' '--fail-on' 'End with exit code 3 when a host is as bad as that, or could not be looked at' '--parallel' 'Hosts that are looked at at the same time, each with one connection' '--deadline' 'Stop after this time, with what is known by then' '--deep' 'Find every TLS version that is spoken' '--nagios' 'One line with performance data, and exit codes 0 to 3 as monitoring plugins have' '--prometheus' 'Metrics for a textfile collector' '--report' 'Write a report into this file, .md or .csv' $__pmx_file $__pmx_yes
        case 'idrac connect'
            printf '%s\\t%s\\n' '--via' 'VM to go through' '--to' 'Date, as in 2020-01-31 or 2020-01-31T12:00:00+02:00' '--max-days' 'How far away the date may be' '--for' 'How long you stay at most, for choosing the date' '--local-port' 'Port of this machine that leads to the host' '--shell' 'Log in to the VM, too' '--no-shell' 'Log in to the VM, too' '--user' 'User of the VM' '--via-host' 'Address of the VM, when it cannot be found' '--identity' 'File with the key' $__pmx_dry_run $__pmx_parallel
        case 'idrac info'
            printf '%s\\t%s\\n' '--deep' 'Find every TLS version that is spoken'
        case 'idrac login'
            printf '%s\\t%s\\n' $__pmx_dry_run $__pmx_parallel $__pmx_user $__pmx_password_stdin
        case 'idrac logout'
            printf '%s\\t%s\\n' $__pmx_dry_run $__pmx_parallel
        case 'idrac pin'
            printf '%s\\t%s\\n' '--repin' 'Also when another certificate is remembered' '--remove' 'Forget them' $__pmx_dry_run $__pmx_parallel
        case 'idrac power cycle'
            printf '%s\\t%s\\n' '--timeout' 'How long to wait for the new state (30s, 5m)' '--node-drained' 'The server is a node of the cluster in use and holds no guests any more' $__pmx_dry_run $__pmx_parallel $__pmx_user $__pmx_ca_cert $__pmx_password_stdin $__pmx_insecure $__pmx_no_fail_fast $__pmx_file
        case 'idrac power off'
            printf '%s\\t%s\\n' '--timeout' 'How long to wait for the new state (30s, 5m)' '--force' 'Without asking the operating system' '--node-drained' 'The server is a node of the cluster in use and holds no guests any more' $__pmx_dry_run $__pmx_parallel $__pmx_user $__pmx_ca_cert $__pmx_password_stdin $__pmx_insecure $__pmx_no_fail_fast $__pmx_file
        case 'idrac power on'
            printf '%s\\t%s\\n' '--timeout' 'How long to wait for the new state (30s, 5m)' $__pmx_dry_run $__pmx_parallel $__pmx_user $__pmx_ca_cert $__pmx_password_stdin $__pmx_insecure $__pmx_no_fail_fast $__pmx_file
        case 'idrac power reset'
            printf '%s\\t%s\\n' '--timeout' 'How long to wait for the new state (30s, 5m)' '--force' 'Without asking the operating system' '--node-drained' 'The server is a node of the cluster in use and holds no guests any more' $__pmx_dry_run $__pmx_parallel $__pmx_user $__pmx_ca_cert $__pmx_password_stdin $__pmx_insecure $__pmx_no_fail_fast $__pmx_file
        case 'idrac power status'
            printf '%s\\t%s\\n' $__pmx_columns $__pmx_watch $__pmx_user $__pmx_ca_cert $__pmx_password_stdin $__pmx_insecure $__pmx_file $__pmx_yes
        case 'idrac scan'
            printf '%s\\t%s\\n' '--all' 'Everything that speaks TLS there' '--parallel' 'Addresses that are tried at the same time' $__pmx_columns $__pmx_watch $__pmx_file $__pmx_yes
        case 'idrac time show'
            printf '%s\\t%s\\n' '--auth' 'Log in, and ask the clock itself' $__pmx_columns $__pmx_watch $__pmx_user $__pmx_ca_cert $__pmx_password_stdin $__pmx_insecure $__pmx_file $__pmx_yes
        case 'idrac time sync'
            printf '%s\\t%s\\n' '--ntp' 'One to three NTP servers that it is to follow' '--now' 'Set it to the time of this machine' $__pmx_dry_run $__pmx_parallel $__pmx_user $__pmx_ca_cert $__pmx_password_stdin $__pmx_insecure $__pmx_no_fail_fast $__pmx_file
        case 'idrac window'
            printf '%s\\t%s\\n' '--for' 'How long the clock stays shifted' '--date' 'Print the one date only' '--host-timeout' 'How long to wait for a host' $__pmx_file $__pmx_yes
        case 'init'
            printf '%s\\t%s\\n' '--host' 'Host, host:port or URL' '--user' 'User to log in as, with or without realm' '--token-id' 'Log in with this API token' '--shell' 'Whose file loads the completion' $__pmx_dry_run $__pmx_parallel
        case 'login'
            printf '%s\\t%s\\n' '--host' 'Host, host:port or URL' '--fingerprint' 'SHA-256 of the server\'s certificate' '--insecure' 'Accept any certificate' '--proxy' 'HTTP proxy to go through' '--user' 'User to log in as, with or without realm' '--realm' 'Realm of the user' '--password-stdin' 'Read the password from stdin' '--otp' 'Code of the second factor' '--token-id' 'Use this API token instead of a password' '--token-stdin' 'Read the token\'s secret from stdin' '--create-token' 'Make an API token and store that' '--no-create-token' 'Make an API token and store that' '--token-name' 'Name of the token to make' '--role' 'What the token is for' '--use' 'Make it the current context' '--replace' 'Replace a context of that name, though it is for another server' $__pmx_dry_run $__pmx_parallel $__pmx_ca_cert
        case 'logout'
            printf '%s\\t%s\\n' '--revoke' 'Remove the API token from the server as well' '--password-stdin' 'Read the password of the token\'s user from stdin' '--otp' 'Code of the second factor' $__pmx_dry_run $__pmx_parallel
        case 'net check'
            printf '%s\\t%s\\n' '--warn' 'Warn when a certificate ends within this time' '--crit' 'Critical when a certificate ends within this time' '--fail-on' 'End with exit code 3 when a host is as bad as that, or could not be looked at' '--parallel' 'Hosts that are looked at at the same time, each with one connection' '--deadline' 'Stop after this time, with what is known by then' '--deep' 'Find every TLS version that is spoken' '--nagios' 'One line with performance data, and exit codes 0 to 3 as monitoring plugins have' '--prometheus' 'Metrics for a textfile collector' '--report' 'Write a report into this file, .md or .csv' $__pmx_file $__pmx_yes
        case 'node drain'
            printf '%s\\t%s\\n' '--parallel' 'Guests on the way at the same time' '--to' 'Only onto these nodes' '--skip-blocked' 'Leave those that cannot be moved' '--with-local-disks' 'Copy disks that only this node has' '--running-only' 'Leave guests that do not run' $__pmx_dry_run
        case 'node list'
            printf '%s\\t%s\\n' $__pmx_columns $__pmx_watch
        case 'node reboot'
            printf '%s\\t%s\\n' $__pmx_dry_run $__pmx_parallel
        case 'node shutdown'
            printf '%s\\t%s\\n' $__pmx_dry_run $__pmx_parallel
        case 'node undrain'
            printf '%s\\t%s\\n' $__pmx_dry_run $__pmx_parallel
        case 'node wake'
            printf '%s\\t%s\\n' $__pmx_dry_run $__pmx_parallel
        case 'op list'
            printf '%s\\t%s\\n' '--open' 'Only operations that are running, were interrupted, or could not be taken back' '--status' 'Only operations that stand so' '--since' 'Only operations that began at most so long ago (12h, 30d)' '--limit' 'At most so many' $__pmx_columns $__pmx_watch
        case 'op prune'
            printf '%s\\t%s\\n' '--older-than' 'Only of operations that ended longer ago' '--keep' 'The newest ones that stay, however old they are' $__pmx_dry_run $__pmx_parallel
        case 'op resume'
            printf '%s\\t%s\\n' $__pmx_dry_run $__pmx_parallel
        case 'op rollback'
            printf '%s\\t%s\\n' $__pmx_dry_run $__pmx_parallel
        case 'plugins install'
            printf '%s\\t%s\\n' '--allow-scripts' 'Run install scripts of the package, and of the packages that it needs' $__pmx_dry_run $__pmx_parallel
        case 'plugins link'
            printf '%s\\t%s\\n' $__pmx_dry_run $__pmx_parallel
        case 'plugins list'
            printf '%s\\t%s\\n' $__pmx_columns $__pmx_watch
        case 'plugins new'
            printf '%s\\t%s\\n' $__pmx_dry_run $__pmx_parallel
        case 'plugins uninstall'
            printf '%s\\t%s\\n' $__pmx_dry_run $__pmx_parallel
        case 'plugins update'
            printf '%s\\t%s\\n' $__pmx_dry_run $__pmx_parallel
        case 'pool add'
            printf '%s\\t%s\\n' '--storage' 'A storage' '--move' 'Also guests that are in another pool' $__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty
        case 'pool create'
            printf '%s\\t%s\\n' $__pmx_dry_run $__pmx_parallel $__pmx_comment
        case 'pool delete'
            printf '%s\\t%s\\n' '--remove-members' 'Take guests and storages out of it first' $__pmx_dry_run $__pmx_parallel
        case 'pool list'
            printf '%s\\t%s\\n' $__pmx_columns $__pmx_watch
        case 'pool remove'
            printf '%s\\t%s\\n' '--storage' 'A storage' $__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty
        case 'sandbox env'
            printf '%s\\t%s\\n' '--show-secret' 'Print the secret of the API token, too' $__pmx_data
        case 'sandbox fault add'
            printf '%s\\t%s\\n' '--file' 'YAML or JSON file with a list of rules' '--id' 'Name of the rule' '--method' 'GET, POST, PUT or DELETE' '--path' 'API path' '--nth' 'Begin with this matching request, and happen once unless --times is given' '--times' 'Happen that often at most' '--probability' 'Happen to this share of the matching requests, from 0 to 1' '--seed' 'Decides which requests --probability takes' '--action' 'What goes wrong, see below' '--after' 'The request is worked on' '--status' 'HTTP status from 400 to 599' '--percent' 'How far the task gets, 50 when left out' '--message' 'Reason, error or warning' '--seconds' 'How long, or by how much' '--storage' 'Storage that is full' '--node' 'Node that is offline, or whose storage is full' '--bytes' 'What still fits on the storage, 0 when left out' '--vmid' 'VM whose lock is held, when the path names none' $__pmx_dry_run $__pmx_parallel $__pmx_data
        case 'sandbox fault clear'
            printf '%s\\t%s\\n' $__pmx_dry_run $__pmx_parallel $__pmx_data
        case 'sandbox fault list'
            printf '%s\\t%s\\n' $__pmx_columns $__pmx_watch $__pmx_data
        case 'sandbox log'
            printf '%s\\t%s\\n' '--follow' 'Go on until Ctrl-C' '--limit' 'Show that many of the last requests' $__pmx_data
        case 'sandbox record'
            printf '%s\\t%s\\n' '--out' 'File to write' '--count' 'End after that many exchanges' $__pmx_dry_run $__pmx_parallel
        case 'sandbox reset'
            printf '%s\\t%s\\n' $__pmx_dry_run $__pmx_parallel $__pmx_data
        case 'sandbox start'
            printf '%s\\t%s\\n' '--detach' 'Run in the background' '--port' 'Port to listen on' '--nodes' 'Number of nodes (pve1, pve2 …)' '--guests' 'Begin with this many pretended guests, spread over the nodes' '--idrac' 'Dell iDRACs to serve beside it, each with the state of its certificate' '--seed' 'Addresses, UUIDs and chances come from this text' '--speed' 'How fast tasks and boots are' '--latency-millis' 'How much longer each request takes, in milliseconds' '--engine' 'How guests run' '--memory-limit' 'Engine qemu' '--cpu-limit' 'Engine qemu' '--open-network' 'Engine qemu' '--task-millis' 'How long every task takes at least, in milliseconds' '--agent-delay-millis' 'How long after its start a guest\'s agent answers, in milliseconds' '--stale-millis' 'How long cluster/resources lags behind a change, in milliseconds' '--lock-timeout-millis' 'How long a call waits for a busy guest\'s lock, in milliseconds' '--allow-host' 'Host that downloads may come from, beside this machine' '--capacity' 'Size of each storage' $__pmx_dry_run $__pmx_parallel $__pmx_data
        case 'sandbox status'
            printf '%s\\t%s\\n' $__pmx_data
        case 'sandbox stop'
            printf '%s\\t%s\\n' $__pmx_dry_run $__pmx_parallel $__pmx_data
        case 'schedule add'
            printf '%s\\t%s\\n' '--at' 'When' '--with' 'What starts it' '--replace' 'Replace a schedule of that name' $__pmx_dry_run $__pmx_parallel
        case 'schedule list'
            printf '%s\\t%s\\n' $__pmx_columns $__pmx_watch
        case 'schedule remove'
            printf '%s\\t%s\\n' $__pmx_dry_run $__pmx_parallel
        case 'status'
            printf '%s\\t%s\\n' $__pmx_watch
        case 'storage content'
            printf '%s\\t%s\\n' '--node' 'Node to look from' '--content' 'Only volumes of this kind' '--vmid' 'Only volumes of this guest' $__pmx_columns $__pmx_watch
        case 'storage delete'
            printf '%s\\t%s\\n' '--node' 'Node that has it, where several have one of that name' $__pmx_dry_run $__pmx_parallel
        case 'storage download'
            printf '%s\\t%s\\n' '--storage' 'Storage to put it on' '--node' 'Node that fetches it' '--content' 'What it is' '--filename' 'Its name on the server' '--checksum' 'What the file must have, checked by the server' '--decompress' 'How it is packed' '--verify-certificates' 'Check the web server\'s certificate' '--no-verify-certificates' 'Check the web server\'s certificate' $__pmx_dry_run $__pmx_parallel
        case 'storage list'
            printf '%s\\t%s\\n' '--node' 'Only storages of this node' $__pmx_columns $__pmx_watch
        case 'storage orphans'
            printf '%s\\t%s\\n' '--storage' 'Only on this storage' '--node' 'Only as this node sees them' $__pmx_columns $__pmx_watch
        case 'storage prune'
            printf '%s\\t%s\\n' '--keep-last' 'Keep that many of the newest' '--keep-hourly' 'Keep the newest of each of that many hours' '--keep-daily' 'Keep the newest of each of that many days' '--keep-weekly' 'Keep the newest of each of that many weeks' '--keep-monthly' 'Keep the newest of each of that many months' '--keep-yearly' 'Keep the newest of each of that many years' '--vmid' 'Only backups of this guest' '--type' 'Only backups of VMs, or only of containers' '--node' 'Node to work on' $__pmx_dry_run $__pmx_parallel
        case 'storage upload'
            printf '%s\\t%s\\n' '--storage' 'Storage to put it on' '--node' 'Node that takes it' '--content' 'What it is' '--filename' 'Its name on the server' '--checksum' 'What the file must have, checked by the server' '--overwrite' 'Replace a file of that name' $__pmx_dry_run $__pmx_parallel
        case 'task list'
            printf '%s\\t%s\\n' '--node' 'Only tasks of this node' '--vmid' 'Only tasks of this guest' '--errors' 'Only tasks that failed or warned' '--status' 'Only tasks in these states' '--type' 'Only tasks of this type (qmstart, qmclone, vzdump …)' '--user' 'Only tasks of this user or token, or of those with this in their name' '--since' 'Only tasks begun since then' '--limit' 'At most so many' $__pmx_columns $__pmx_watch
        case 'task log'
            printf '%s\\t%s\\n' '--follow' 'Go on until the task has ended'
        case 'task stop'
            printf '%s\\t%s\\n' $__pmx_dry_run $__pmx_parallel
        case 'task wait'
            printf '%s\\t%s\\n' '--timeout' 'How long to wait'
        case 'template backup'
            printf '%s\\t%s\\n' '--storage' 'Storage for the backup' '--mode' 'Keep it running (snapshot), pause it (suspend), or shut it down meanwhile (stop)' '--compress' 'How the archive is packed' '--notes' 'Notes of the backup' '--protected' 'Nothing prunes or deletes it' '--keep' 'So many of each guest stay on the storage' $__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty
        case 'template build'
            printf '%s\\t%s\\n' '--file' 'YAML file with templates, folder with such files, or - for standard input' '--var' 'Value for ${NAME} in the file' '--report' 'Write a report as JSON' '--junit' 'Write a report for CI servers' '--prune-keep' 'So many versions of a name stay once a new one is there' $__pmx_dry_run $__pmx_parallel
        case 'template clone'
            printf '%s\\t%s\\n' '--target-node' 'Node for the copy' '--storage' 'Storage for its disks' '--pool' 'Pool to put the copy into' $__pmx_dry_run $__pmx_parallel $__pmx_vmid
        case 'template create'
            printf '%s\\t%s\\n' '--image' 'Disk image of this machine' '--url' 'Disk image from elsewhere, also packed' '--iso' 'Installer\'s medium on a storage' '--disk' 'With --iso' '--checksum' 'What the image must have, as it is published' '--no-checksum' 'Take an image that nobody publishes a checksum of' '--fetch' 'Who downloads' '--arch' 'Architecture of the image' '--name' 'Name of the template' '--node' 'Node to work on' '--storage' 'Storage for the disk of the template' '--import-storage' 'Storage with content "import" for the upload' '--format' 'Format of the disk, on storages that have a choice' '--profile' 'Hardware by purpose' '--cpu' 'CPU type (host, x86-64-v2-AES, …)' '--net' 'Network device' '--nics' 'So many network devices, each on a bridge of its own' '--bridge-base' 'How their bridges are called, without the number' '--skip-bridge-indexes' 'Numbers of bridges that are left out' '--bios' 'Firmware' '--efi' 'UEFI' '--secure-boot' 'UEFI with Microsoft\'s keys enrolled' '--tpm' 'A TPM 2.0' '--machine' 'Machine type (q35, pc)' '--from-vm' 'VM to take' '--packages' 'Packages to put in, by their names in the distribution' '--snippet' 'Ready-made pieces to put in (template snippet list), or a file of your own' '--script' 'Script to run in it at last, as root' '--timeout' 'How long each step in the guest may take' '--seal' 'With --from-vm' '--no-seal' 'With --from-vm' '--cloud-init' 'Give the template a cloud-init drive, or none' '--tags' 'Tags, separated by commas' '--version' 'Version of its name' '--promote' 'Let the bare name mean the new version' '--no-promote' 'Let the bare name mean the new version' $__pmx_dry_run $__pmx_parallel $__pmx_vmid $__pmx_memory
        case 'template delete'
            printf '%s\\t%s\\n' '--keep-iso' 'A cloud-init ISO that was made for it stays' '--keep-backups' 'Backups stay' '--delete-backups' 'Backups go as well, except protected ones' '--backup-first' 'Make a backup first' '--backup-storage' 'Storage for that backup' '--purge' 'Take it out of backup jobs, HA and replication' '--no-purge' 'Take it out of backup jobs, HA and replication' $__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty
        case 'template list'
            printf '%s\\t%s\\n' '--node' 'Only templates on this node' $__pmx_columns $__pmx_watch
        case 'template outdated'
            printf '%s\\t%s\\n' $__pmx_columns $__pmx_watch
        case 'template promote'
            printf '%s\\t%s\\n' $__pmx_dry_run $__pmx_parallel
        case 'template prune'
            printf '%s\\t%s\\n' '--keep' 'How many versions of each name stay, the newest ones' $__pmx_dry_run $__pmx_parallel
        case 'template refresh'
            printf '%s\\t%s\\n' '--all' 'Every template of a distribution' '--report' 'Write a report as JSON' '--junit' 'Write a report for CI servers' '--prune-keep' 'So many versions of a name stay once a new one is there' $__pmx_dry_run $__pmx_parallel
        case 'template restore'
            printf '%s\\t%s\\n' '--node' 'Node to restore on' '--storage' 'Storage for all disks' '--name' 'Name of the guest, a DNS name' '--promote' 'Let the bare name mean it from then on' $__pmx_dry_run $__pmx_parallel $__pmx_vmid
        case 'template rollback'
            printf '%s\\t%s\\n' $__pmx_dry_run $__pmx_parallel
        case 'template snippet list'
            printf '%s\\t%s\\n' $__pmx_columns $__pmx_watch
        case 'template test'
            printf '%s\\t%s\\n' '--user' 'Account that cloud-init has to make' '--timeout' 'How long each of boot, address and cloud-init may take' '--junit' 'Write a report for CI servers' $__pmx_dry_run $__pmx_parallel
        case 'template validate'
            printf '%s\\t%s\\n' '--exit-code' 'End with 1 when there is an error' '--strict' 'Warnings count as errors'
        case 'template versions'
            printf '%s\\t%s\\n' $__pmx_columns $__pmx_watch
        case 'time exec'
            printf '%s\\t%s\\n' '--to' 'Date, as in 2020-01-31 or 2020-01-31T12:00:00+02:00' '--offset' 'Distance from now' '--for-cert' 'Hosts whose certificates are to be valid, at the date that is closest to now' '--from-idrac' 'As --for-cert, and only for management controllers (iDRAC and the like)' '--max-days' 'How far away the date may be' $__pmx_dry_run $__pmx_parallel
        case 'time restore'
            printf '%s\\t%s\\n' '--all' 'Every VM that was shifted from this machine' '--due' 'Those whose time has come, and those whose shift was cut off by a crash' $__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty
        case 'time run'
            printf '%s\\t%s\\n' '--to' 'Date, as in 2020-01-31 or 2020-01-31T12:00:00+02:00' '--offset' 'Distance from now' '--for-cert' 'Hosts whose certificates are to be valid, at the date that is closest to now' '--from-idrac' 'As --for-cert, and only for management controllers (iDRAC and the like)' '--max-days' 'How far away the date may be' '--reason' 'Is written down with the shift' '--timeout' 'How long to wait for the end of the program' $__pmx_dry_run $__pmx_parallel
        case 'time shift'
            printf '%s\\t%s\\n' '--to' 'Date, as in 2020-01-31 or 2020-01-31T12:00:00+02:00' '--offset' 'Distance from now' '--for-cert' 'Hosts whose certificates are to be valid, at the date that is closest to now' '--from-idrac' 'As --for-cert, and only for management controllers (iDRAC and the like)' '--max-days' 'How far away the date may be' '--duration' 'Restore by itself after this time, and choose a date that lasts as long' '--auto-restore' 'Restore by itself after this time, should nobody have done it' '--mode' 'agent' '--timeout' 'Mode rtc' '--force' 'Mode rtc' '--persist' 'Make the shift outlive a reboot of the guest' '--snapshot-before' 'Take a snapshot first, without memory' '--reason' 'Is written down with the shift' $__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty
        case 'time status'
            printf '%s\\t%s\\n' $__pmx_columns $__pmx_watch
        case 'time window'
            printf '%s\\t%s\\n' '--for' 'How long the clock stays shifted' '--date' 'Print the one date only' '--host-timeout' 'How long to wait for a host' $__pmx_file $__pmx_yes
        case 'top'
            printf '%s\\t%s\\n' '--limit' 'At most so many' $__pmx_columns $__pmx_watch
        case 'undo'
            printf '%s\\t%s\\n' $__pmx_dry_run $__pmx_parallel
        case 'update'
            printf '%s\\t%s\\n' '--check' 'Only say whether there is a newer version' '--to' 'This version, also an older one' $__pmx_dry_run $__pmx_parallel
        case 'update rollback'
            printf '%s\\t%s\\n' $__pmx_dry_run $__pmx_parallel
        case 'version'
            printf '%s\\t%s\\n' '--server' 'Ask the server for its version, too'
        case 'vm agent file-write'
            printf '%s\\t%s\\n' $__pmx_dry_run $__pmx_parallel
        case 'vm agent freeze'
            printf '%s\\t%s\\n' $__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty
        case 'vm agent fsinfo'
            printf '%s\\t%s\\n' $__pmx_columns $__pmx_watch
        case 'vm agent fstrim'
            printf '%s\\t%s\\n' $__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty
        case 'vm agent network'
            printf '%s\\t%s\\n' $__pmx_columns $__pmx_watch
        case 'vm agent passwd'
            printf '%s\\t%s\\n' '--password-stdin' 'Read the new password from stdin' '--crypted' 'It has been through crypt() already' $__pmx_dry_run $__pmx_parallel
        case 'vm agent thaw'
            printf '%s\\t%s\\n' $__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty
        case 'vm agent users'
            printf '%s\\t%s\\n' $__pmx_columns $__pmx_watch
        case 'vm backup'
            printf '%s\\t%s\\n' '--storage' 'Storage for the backup' '--mode' 'Keep it running (snapshot), pause it (suspend), or shut it down meanwhile (stop)' '--compress' 'How the archive is packed' '--notes' 'Notes of the backup' '--protected' 'Nothing prunes or deletes it' '--keep' 'So many of each guest stay on the storage' $__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty
        case 'vm clone'
            printf '%s\\t%s\\n' '--linked' 'Linked clone of a template' '--full' 'Full clone' '--snapshot' 'Clone it as it was at this snapshot' '--target-node' 'Node for the clone' '--storage' 'Storage for the disks of a full clone' '--pool' 'Pool to put the clone into' '--format' 'Format of the disks of a full clone, on storages with files' '--profile' 'Profile of the configuration with settings for the clone (vm profile list)' $__pmx_dry_run $__pmx_parallel $__pmx_vmid
        case 'vm console'
            printf '%s\\t%s\\n' '--escape' 'Key that leaves the console' '--serial' 'Which serial port' '--vnc' 'Its screen, at a port of this machine for a VNC viewer' '--vnc-port' 'Which port that is' '--spice' 'Its screen, in remote-viewer' $__pmx_dry_run $__pmx_parallel
        case 'vm cp'
            printf '%s\\t%s\\n' '--via' 'How' '--mode' 'Mode of a file that is new in the guest' '--direct' 'One call of the agent, no program in the guest' '--user' 'With --via ssh' $__pmx_dry_run $__pmx_parallel
        case 'vm create'
            printf '%s\\t%s\\n' '--template' 'Name or id of the template' '--iso' 'ISO for the CD-ROM drive' '--empty' 'A VM without template and medium' '--profile' 'Profile of the configuration with flags for those left out (vm profile list)' '--linked' 'Linked clone' '--full' 'Full clone' '--count' 'How many VMs' '--from-csv' 'File with a row for each VM' '--file' 'YAML file with documents of the kind VirtualMachine, folder with such files, or - (docs/manifests.md)' '--var' 'Value for ${NAME} in the documents' '--vmid' 'VMID to use, of several the first' '--node' 'Node for the VM' '--storage' 'Storage for the disks of a full clone, and for new disks' '--iso-storage' 'Storage for the ISO with own cloud-init files' '--pool' 'Pool to put the guest into' '--balloon' 'Least memory that ballooning leaves, in MiB or with a unit' '--sockets' 'Number of CPU sockets' '--cpu' 'CPU type (host, x86-64-v2-AES, …)' '--numa' 'Show the guest NUMA nodes' '--disk' 'Disk' '--disk-format' 'Format of new disks, on storages that have a choice' '--ssd' 'Tell the guest that new disks are SSDs, and pass on what it discards' '--net' 'Network device' '--bios' 'Firmware' '--efi' 'UEFI' '--secure-boot' 'UEFI with Microsoft\'s keys enrolled' '--tpm' 'A TPM 2.0' '--machine' 'Machine type (q35, pc)' '--scsihw' 'SCSI controller' '--ostype' 'Operating system, for what Proxmox VE tunes by it' '--vga' 'Display (std, virtio, qxl, serial0, none)' '--agent' 'The guest runs the QEMU guest agent' '--no-agent' 'The guest runs the QEMU guest agent' '--onboot' 'Start the VM when its node starts' '--no-onboot' 'Start the VM when its node starts' '--ip' 'Address of the first network device' '--user' 'User that cloud-init makes' '--ssh-key' 'File with public SSH keys of that user' '--nameserver' 'Address of a DNS server' '--searchdomain' 'Domain that names are searched in' '--user-data' 'Own cloud-init user-data (#cloud-config, script or MIME)' '--network-config' 'Own cloud-init network-config' '--meta-data' 'Own cloud-init meta-data' '--vendor-data' 'Own cloud-init vendor-data' '--cloud-init' 'How cloud-init gets its data' '--tags' 'Tags, separated by commas' '--start' 'Start the VM' '--wait' 'Start the VM and wait until its guest agent answers, it has an address, or SSH answers' '--wait-timeout' 'How long --wait waits' $__pmx_dry_run $__pmx_parallel $__pmx_memory
        case 'vm delete'
            printf '%s\\t%s\\n' '--stop' 'Cut the power of running ones first' '--keep-iso' 'A cloud-init ISO that was made for it stays' '--keep-backups' 'Backups stay' '--delete-backups' 'Backups go as well, except protected ones' '--backup-first' 'Make a backup first' '--backup-storage' 'Storage for that backup' '--purge' 'Take it out of backup jobs, HA and replication' '--no-purge' 'Take it out of backup jobs, HA and replication' $__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty
        case 'vm deploy-timeshift'
            printf '%s\\t%s\\n' '--template' 'Name or id of the template' '--package' 'Another package for it, as its distribution calls it' '--user' 'User that cloud-init makes' '--ssh-key' 'File with public SSH keys of that user' '--network-config' 'Own cloud-init network-config' '--node' 'Node for the VM' '--iso-storage' 'Storage for the ISO with its cloud-init files' '--pool' 'Pool to put the guest into' '--net' 'Network device' '--tags' 'Tags, separated by commas' '--wait-timeout' 'How long to wait for the guest agent' $__pmx_dry_run $__pmx_parallel $__pmx_wait $__pmx_vmid $__pmx_memory
        case 'vm disk add'
            printf '%s\\t%s\\n' '--size' 'Size of the new disk' '--storage' 'Storage for it' '--slot' 'Slot for it' '--backup' 'Backups of the guest hold this disk, too' '--no-backup' 'Backups of the guest hold this disk, too' '--bus' 'How the VM sees it' '--format' 'Format of its file, on storages with files' '--cache' 'How the host caches it' '--discard' 'Give back what the guest deletes (TRIM)' '--ssd' 'Show it to the guest as a solid-state disk' '--iothread' 'A thread of its own for its reads and writes' $__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty
        case 'vm disk detach'
            printf '%s\\t%s\\n' $__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty
        case 'vm disk list'
            printf '%s\\t%s\\n' $__pmx_columns $__pmx_watch $__pmx_selector $__pmx_allow_empty
        case 'vm disk move'
            printf '%s\\t%s\\n' '--storage' 'Storage that it goes to' '--delete' 'Delete the first volume' '--no-delete' 'Delete the first volume' '--format' 'Format of its file, on storages with files' $__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty
        case 'vm disk remove'
            printf '%s\\t%s\\n' $__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty
        case 'vm disk resize'
            printf '%s\\t%s\\n' $__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty
        case 'vm exec'
            printf '%s\\t%s\\n' '--stdin' 'Hand standard input to the program, to its end' '--no-stdin' 'Hand standard input to the program, to its end' '--timeout' 'How long to wait for its end' $__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty
        case 'vm list'
            printf '%s\\t%s\\n' '--node' 'Only VMs on this node' $__pmx_columns $__pmx_watch $__pmx_selector
        case 'vm migrate'
            printf '%s\\t%s\\n' '--to' 'Node that it goes to' '--target-storage' 'Storage there for copied disks' '--online' 'Also while it runs' '--with-local-disks' 'Copy disks that only the present node has' $__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty
        case 'vm nic add'
            printf '%s\\t%s\\n' '--bridge' 'Bridge or SDN vnet that it is connected to' '--vlan' 'VLAN tag' '--mtu' 'Largest packet in bytes' '--rate' 'Limit in MB/s' '--firewall' 'Firewall rules of the guest count' '--no-firewall' 'Firewall rules of the guest count' '--link-down' 'As if the cable were unplugged' '--no-link-down' 'As if the cable were unplugged' '--mac' 'MAC address' '--model' 'What the VM sees' '--queues' 'Packet queues, for several CPUs' $__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty
        case 'vm nic list'
            printf '%s\\t%s\\n' $__pmx_columns $__pmx_watch $__pmx_selector $__pmx_allow_empty
        case 'vm nic remove'
            printf '%s\\t%s\\n' $__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty
        case 'vm nic set'
            printf '%s\\t%s\\n' '--bridge' 'Bridge or SDN vnet that it is connected to' '--vlan' 'VLAN tag' '--mtu' 'Largest packet in bytes' '--rate' 'Limit in MB/s' '--firewall' 'Firewall rules of the guest count' '--no-firewall' 'Firewall rules of the guest count' '--link-down' 'As if the cable were unplugged' '--no-link-down' 'As if the cable were unplugged' '--mac' 'MAC address' '--model' 'What the VM sees' '--queues' 'Packet queues, for several CPUs' $__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty
        case 'vm pending'
            printf '%s\\t%s\\n' '--all' 'Also options that nothing waits for' $__pmx_columns $__pmx_watch
        case 'vm profile list'
            printf '%s\\t%s\\n' $__pmx_columns $__pmx_watch
        case 'vm profile remove'
            printf '%s\\t%s\\n' $__pmx_dry_run $__pmx_parallel $__pmx_in
        case 'vm profile set'
            printf '%s\\t%s\\n' $__pmx_dry_run $__pmx_parallel $__pmx_in
        case 'vm reboot'
            printf '%s\\t%s\\n' '--timeout' 'How long a VM gets to shut down by itself' $__pmx_dry_run $__pmx_parallel $__pmx_wait $__pmx_selector $__pmx_allow_empty
        case 'vm rename'
            printf '%s\\t%s\\n' $__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty
        case 'vm reset'
            printf '%s\\t%s\\n' $__pmx_dry_run $__pmx_parallel $__pmx_wait $__pmx_selector $__pmx_allow_empty
        case 'vm resize'
            printf '%s\\t%s\\n' $__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty
        case 'vm resume'
            printf '%s\\t%s\\n' $__pmx_dry_run $__pmx_parallel $__pmx_wait $__pmx_selector $__pmx_allow_empty
        case 'vm set'
            printf '%s\\t%s\\n' '--name' 'Name of the guest, a DNS name' '--description' 'Notes about the guest' '--cpulimit' 'Limit of CPU time, in CPUs (1.5)' '--cpuunits' 'Weight of its CPU time against that of other guests' '--onboot' 'Start it when its node starts' '--no-onboot' 'Start it when its node starts' '--protection' 'Refuse to delete it and its disks' '--no-protection' 'Refuse to delete it and its disks' '--startup' 'Order and delays at the start of the node' '--tags' 'All tags, separated by commas' '--nameserver' 'DNS servers for it, separated by blanks' '--searchdomain' 'DNS search domains for it' '--set' 'Any other option of the API' '--delete' 'Remove an option, so that its default counts' '--balloon' 'Least memory in MiB when the host is short of it' '--sockets' 'Number of CPU sockets' '--vcpus' 'Number of CPUs that are plugged in at the start' '--cpu' 'Type of the CPU' '--numa' 'Show the guest a NUMA topology' '--no-numa' 'Show the guest a NUMA topology' '--agent' 'The guest has a QEMU guest agent' '--no-agent' 'The guest has a QEMU guest agent' '--boot' 'Devices to boot from, in order' '--ostype' 'Kind of operating system' '--bios' 'Firmware' '--machine' 'Machine type' '--scsihw' 'SCSI controller' '--vga' 'Display' '--ciuser' 'User that cloud-init makes' '--cipassword' 'Ask for that user\'s password (or PMX_CIPASSWORD)' '--cipassword-stdin' 'Read that password from stdin' '--ssh-key' 'File with public SSH keys of that user' '--ip' 'Address of the first network device' $__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty $__pmx_memory
        case 'vm shutdown'
            printf '%s\\t%s\\n' '--timeout' 'How long a VM gets to shut down by itself' '--force' 'Stop it when the time is over' $__pmx_dry_run $__pmx_parallel $__pmx_wait $__pmx_selector $__pmx_allow_empty
        case 'vm snapshot create'
            printf '%s\\t%s\\n' '--name' 'Name of the snapshot' '--description' 'What it is for' '--vmstate' 'Save the memory of running VMs as well' $__pmx_dry_run $__pmx_parallel $__pmx_wait $__pmx_selector $__pmx_allow_empty
        case 'vm snapshot delete'
            printf '%s\\t%s\\n' $__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty
        case 'vm snapshot list'
            printf '%s\\t%s\\n' $__pmx_columns $__pmx_watch $__pmx_selector $__pmx_allow_empty
        case 'vm snapshot prune'
            printf '%s\\t%s\\n' '--keep' 'How many of each guest stay, the newest ones' '--older-than' 'Only those that are older' '--match' 'Only those of such a name' $__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty
        case 'vm snapshot rollback'
            printf '%s\\t%s\\n' '--start' 'Start the guest afterwards' $__pmx_dry_run $__pmx_parallel $__pmx_wait $__pmx_selector $__pmx_allow_empty
        case 'vm ssh'
            printf '%s\\t%s\\n' '--user' 'User to log in as' '--host' 'Address, when it cannot be found' '--port' 'Port of the SSH server' '--identity' 'File with the key' '--jump' 'Host to go through' '--tty' 'A terminal also for a command' '--print' 'Print the line for ssh, and do not run it' $__pmx_dry_run $__pmx_parallel
        case 'vm start'
            printf '%s\\t%s\\n' $__pmx_dry_run $__pmx_parallel $__pmx_wait $__pmx_selector $__pmx_allow_empty
        case 'vm stop'
            printf '%s\\t%s\\n' $__pmx_dry_run $__pmx_parallel $__pmx_wait $__pmx_selector $__pmx_allow_empty
        case 'vm suspend'
            printf '%s\\t%s\\n' '--to-disk' 'Write the memory to disk and free it' '--state-storage' 'Storage for the memory' $__pmx_dry_run $__pmx_parallel $__pmx_wait $__pmx_selector $__pmx_allow_empty
        case 'vm tag'
            printf '%s\\t%s\\n' '--add' 'Tags to add, separated by commas' '--remove' 'Tags to remove' '--set' 'All tags instead of those of now' $__pmx_dry_run $__pmx_parallel $__pmx_selector $__pmx_allow_empty
        case 'vm watch'
            printf '%s\\t%s\\n' '--interval' 'Pause between two looks' '--until' 'End as soon as all of them are in this state' '--timeout' 'End after this time' '--exec' 'Program to run for each event' $__pmx_selector $__pmx_allow_empty
        case 'wait'
            printf '%s\\t%s\\n' '--for' 'What to wait for' '--timeout' 'How long to wait (30s, 5m, 1h' '--ssh-port' 'Port of the SSH server, for --for ssh' '--interval' 'Pause between two looks'
    end
end

# Flags of a command behind which a value follows.
function __pmx_values
    switch "$argv[1]"
        case 'access acl list'
            printf '%s\\n' --columns --sort-by --filter --watch --path --who
        case 'access acl remove'
            printf '%s\\n' --as --parallel --wait-lock --role --user --group --token
        case 'access acl set'
            printf '%s\\n' --as --parallel --wait-lock --role --user --group --token
        case 'access group create'
            printf '%s\\n' --as --parallel --wait-lock --comment
        case 'access group delete'
            printf '%s\\n' --as --parallel --wait-lock
        case 'access group list'
            printf '%s\\n' --columns --sort-by --filter --watch
        case 'access realm list'
            printf '%s\\n' --columns --sort-by --filter --watch
        case 'access role create'
            printf '%s\\n' --as --parallel --wait-lock --privilege
        case 'access role delete'
            printf '%s\\n' --as --parallel --wait-lock
        case 'access role list'
            printf '%s\\n' --columns --sort-by --filter --watch
        case 'access role set'
            printf '%s\\n' --as --parallel --wait-lock --privilege --add --remove
        case 'access token create'
            printf '%s\\n' --as --parallel --wait-lock --comment --expire
        case 'access token delete'
            printf '%s\\n' --as --parallel --wait-lock
        case 'access token list'
            printf '%s\\n' --columns --sort-by --filter --watch
        case 'access user create'
            printf '%s\\n' --as --parallel --wait-lock --group --comment --email --first-name --last-name --expire
        case 'access user delete'
            printf '%s\\n' --as --parallel --wait-lock
        case 'access user list'
            printf '%s\\n' --columns --sort-by --filter --watch
        case 'access user set'
            printf '%s\\n' --as --parallel --wait-lock --group --comment --email --first-name --last-name --expire
        case 'api delete'
            printf '%s\\n' --as --parallel --wait-lock
        case 'api post'
            printf '%s\\n' --as --parallel --wait-lock
        case 'api put'
            printf '%s\\n' --as --parallel --wait-lock
        case 'apply'
            printf '%s\\n' --as --parallel --wait-lock --file -f --var
        case 'audit list'
            printf '%s\\n' --columns --sort-by --filter --watch --limit
        case 'audit verify'
            printf '%s\\n' --head
        case 'auth role'
            printf '%s\\n' --as --parallel --wait-lock --for --name --user --token
        case 'backup create'
            printf '%s\\n' --as --parallel --wait-lock --selector -l --storage --mode --compress --notes --keep
        case 'backup delete'
            printf '%s\\n' --as --parallel --wait-lock
        case 'backup job create'
            printf '%s\\n' --as --parallel --wait-lock --schedule --storage --vmid --pool --exclude --node --mode --compress --keep-last --keep-hourly --keep-daily --keep-weekly --keep-monthly --keep-yearly --notes --comment
        case 'backup job delete'
            printf '%s\\n' --as --parallel --wait-lock
        case 'backup job disable'
            printf '%s\\n' --as --parallel --wait-lock
        case 'backup job enable'
            printf '%s\\n' --as --parallel --wait-lock
        case 'backup job list'
            printf '%s\\n' --columns --sort-by --filter --watch
        case 'backup job run'
            printf '%s\\n' --as --parallel --wait-lock
        case 'backup job set'
            printf '%s\\n' --as --parallel --wait-lock --schedule --storage --vmid --pool --exclude --node --mode --compress --keep-last --keep-hourly --keep-daily --keep-weekly --keep-monthly --keep-yearly --notes --comment --unset
        case 'backup list'
            printf '%s\\n' --columns --sort-by --filter --watch --storage --node
        case 'backup prune'
            printf '%s\\n' --as --parallel --wait-lock --storage --keep-last --keep-hourly --keep-daily --keep-weekly --keep-monthly --keep-yearly
        case 'backup restore'
            printf '%s\\n' --as --parallel --wait-lock --vmid --node --storage --name
        case 'backup verify'
            printf '%s\\n' --columns --sort-by --filter --watch --storage
        case 'catalog cache list'
            printf '%s\\n' --columns --sort-by --filter --watch
        case 'catalog cache prune'
            printf '%s\\n' --as --parallel --wait-lock
        case 'catalog list'
            printf '%s\\n' --columns --sort-by --filter --watch
        case 'catalog search'
            printf '%s\\n' --columns --sort-by --filter --watch
        case 'catalog update'
            printf '%s\\n' --as --parallel --wait-lock --from
        case 'catalog verify'
            printf '%s\\n' --columns --sort-by --filter --watch --arch --junit
        case 'cloudinit render'
            printf '%s\\n' --set --values --out --iso --layout --hostname --instance-id --meta-data --network-config --vendor-data
        case 'cloudinit schema'
            printf '%s\\n' --kind
        case 'cloudinit validate'
            printf '%s\\n' --kind --set --values
        case 'cluster resources'
            printf '%s\\n' --columns --sort-by --filter --watch --type
        case 'config audit'
            printf '%s\\n' --columns --sort-by --filter --watch
        case 'config decrypt'
            printf '%s\\n' --as --parallel --wait-lock
        case 'config edit'
            printf '%s\\n' --as --parallel --wait-lock --in --editor
        case 'config encrypt'
            printf '%s\\n' --as --parallel --wait-lock
        case 'config history'
            printf '%s\\n' --columns --sort-by --filter --watch --in
        case 'config import'
            printf '%s\\n' --as --parallel --wait-lock --from --name
        case 'config migrate'
            printf '%s\\n' --as --parallel --wait-lock --in
        case 'config path'
            printf '%s\\n' --columns --sort-by --filter --watch
        case 'config reset'
            printf '%s\\n' --as --parallel --wait-lock --in
        case 'config restore'
            printf '%s\\n' --as --parallel --wait-lock --in
        case 'config set'
            printf '%s\\n' --as --parallel --wait-lock --in
        case 'config unset'
            printf '%s\\n' --as --parallel --wait-lock --in
        case 'config view'
            printf '%s\\n' --columns --sort-by --filter --watch
        case 'context add'
            printf '%s\\n' --as --parallel --wait-lock --host --token-id --fingerprint --ca-cert --default-node --default-storage --default-bridge --default-pool --vmids --tags --endpoint --proxy --header --confirm --secret-command
        case 'context copy'
            printf '%s\\n' --as --parallel --wait-lock
        case 'context export'
            printf '%s\\n' --format
        case 'context import'
            printf '%s\\n' --as --parallel --wait-lock --only
        case 'context list'
            printf '%s\\n' --columns --sort-by --filter --watch
        case 'context remove'
            printf '%s\\n' --as --parallel --wait-lock
        case 'context rename'
            printf '%s\\n' --as --parallel --wait-lock
        case 'context use'
            printf '%s\\n' --as --parallel --wait-lock
        case 'context validate'
            printf '%s\\n' --columns --sort-by --filter --watch
        case 'ct backup'
            printf '%s\\n' --as --parallel --wait-lock --selector -l --storage --mode --compress --notes --keep
        case 'ct clone'
            printf '%s\\n' --as --parallel --wait-lock --snapshot --target-node --storage --pool --vmid
        case 'ct console'
            printf '%s\\n' --as --parallel --wait-lock --escape -e
        case 'ct cp'
            printf '%s\\n' --as --parallel --wait-lock --user -u --host --port -p --identity -i --jump -J --via --mode
        case 'ct create'
            printf '%s\\n' --as --parallel --wait-lock --template -t --vmid --node --storage --pool --rootfs --memory --swap --cores --net --ip --features --nameserver --searchdomain --ssh-key --tags --wait --wait-timeout
        case 'ct delete'
            printf '%s\\n' --as --parallel --wait-lock --selector -l --backup-storage
        case 'ct disk add'
            printf '%s\\n' --as --parallel --wait-lock --selector -l --size --storage --slot --path
        case 'ct disk detach'
            printf '%s\\n' --as --parallel --wait-lock --selector -l
        case 'ct disk list'
            printf '%s\\n' --columns --sort-by --filter --watch --selector -l
        case 'ct disk move'
            printf '%s\\n' --as --parallel --wait-lock --selector -l --storage
        case 'ct disk remove'
            printf '%s\\n' --as --parallel --wait-lock --selector -l
        case 'ct disk resize'
            printf '%s\\n' --as --parallel --wait-lock --selector -l
        case 'ct exec'
            printf '%s\\n' --as --parallel --wait-lock --selector -l --user -u --host --port -p --identity -i --jump -J
        case 'ct list'
            printf '%s\\n' --columns --sort-by --filter --watch --node --selector -l
        case 'ct migrate'
            printf '%s\\n' --as --parallel --wait-lock --selector -l --to --target-storage
        case 'ct nic add'
            printf '%s\\n' --as --parallel --wait-lock --selector -l --bridge --vlan --mtu --rate --mac --name --ip
        case 'ct nic list'
            printf '%s\\n' --columns --sort-by --filter --watch --selector -l
        case 'ct nic remove'
            printf '%s\\n' --as --parallel --wait-lock --selector -l
        case 'ct nic set'
            printf '%s\\n' --as --parallel --wait-lock --selector -l --bridge --vlan --mtu --rate --mac --name --ip
        case 'ct pending'
            printf '%s\\n' --columns --sort-by --filter --watch
        case 'ct reboot'
            printf '%s\\n' --as --parallel --wait-lock --selector -l --timeout
        case 'ct rename'
            printf '%s\\n' --as --parallel --wait-lock --selector -l
        case 'ct resize'
            printf '%s\\n' --as --parallel --wait-lock --selector -l
        case 'ct resume'
            printf '%s\\n' --as --parallel --wait-lock --selector -l
        case 'ct set'
            printf '%s\\n' --as --parallel --wait-lock --selector -l --hostname --description --memory --cores --cpulimit --cpuunits --startup --tags --nameserver --searchdomain --set --delete --swap --features --timezone --ostype
        case 'ct shutdown'
            printf '%s\\n' --as --parallel --wait-lock --selector -l --timeout
        case 'ct snapshot create'
            printf '%s\\n' --as --parallel --wait-lock --selector -l --name --description
        case 'ct snapshot delete'
            printf '%s\\n' --as --parallel --wait-lock --selector -l
        case 'ct snapshot list'
            printf '%s\\n' --columns --sort-by --filter --watch --selector -l
        case 'ct snapshot prune'
            printf '%s\\n' --as --parallel --wait-lock --selector -l --keep --older-than --match
        case 'ct snapshot rollback'
            printf '%s\\n' --as --parallel --wait-lock --selector -l
        case 'ct ssh'
            printf '%s\\n' --as --parallel --wait-lock --user -u --host --port -p --identity -i --jump -J
        case 'ct start'
            printf '%s\\n' --as --parallel --wait-lock --selector -l
        case 'ct stop'
            printf '%s\\n' --as --parallel --wait-lock --selector -l
        case 'ct suspend'
            printf '%s\\n' --as --parallel --wait-lock --selector -l
        case 'ct tag'
            printf '%s\\n' --as --parallel --wait-lock --selector -l --add --remove --set
        case 'ct template download'
            printf '%s\\n' --as --parallel --wait-lock --node --storage
        case 'ct template list'
            printf '%s\\n' --columns --sort-by --filter --watch --node
        case 'ct watch'
            printf '%s\\n' --selector -l --interval --until --timeout --exec
        case 'delete'
            printf '%s\\n' --as --parallel --wait-lock --file -f --var
        case 'diff'
            printf '%s\\n' --file -f --var
        case 'doctor'
            printf '%s\\n' --watch
        case 'ha add'
            printf '%s\\n' --as --parallel --wait-lock --selector -l --state --max-restart --max-relocate --comment
        case 'ha list'
            printf '%s\\n' --columns --sort-by --filter --watch
        case 'ha remove'
            printf '%s\\n' --as --parallel --wait-lock --selector -l
        case 'ha rules'
            printf '%s\\n' --columns --sort-by --filter --watch
        case 'ha set'
            printf '%s\\n' --as --parallel --wait-lock --selector -l --state --max-restart --max-relocate --comment
        case 'ha status'
            printf '%s\\n' --columns --sort-by --filter --watch
        case 'idrac cert csr'
            printf '%s\\n' --as --parallel --wait-lock --user -u --ca-cert --cn --san --organization --unit --city --state --country --email
        case 'idrac cert export'
            printf '%s\\n' --user -u --ca-cert --type
        case 'idrac cert replace'
            printf '%s\\n' --as --parallel --wait-lock --user -u --ca-cert --cert --key --csr --pfx
        case 'idrac cert reset'
            printf '%s\\n' --as --parallel --wait-lock --file -f --port --user -u --ca-cert
        case 'idrac cert show'
            printf '%s\\n' --checkend
        case 'idrac check'
            printf '%s\\n' --file -f --port --warn --crit --fail-on --parallel --deadline --report
        case 'idrac connect'
            printf '%s\\n' --as --parallel --wait-lock --via --to --max-days --for --local-port --user -u --via-host --identity -i
        case 'idrac login'
            printf '%s\\n' --as --parallel --wait-lock --user -u
        case 'idrac logout'
            printf '%s\\n' --as --parallel --wait-lock
        case 'idrac pin'
            printf '%s\\n' --as --parallel --wait-lock
        case 'idrac power cycle'
            printf '%s\\n' --as --parallel --wait-lock --file -f --port --user -u --ca-cert --timeout
        case 'idrac power off'
            printf '%s\\n' --as --parallel --wait-lock --file -f --port --user -u --ca-cert --timeout
        case 'idrac power on'
            printf '%s\\n' --as --parallel --wait-lock --file -f --port --user -u --ca-cert --timeout
        case 'idrac power reset'
            printf '%s\\n' --as --parallel --wait-lock --file -f --port --user -u --ca-cert --timeout
        case 'idrac power status'
            printf '%s\\n' --columns --sort-by --filter --watch --file -f --port --user -u --ca-cert
        case 'idrac scan'
            printf '%s\\n' --columns --sort-by --filter --watch --file -f --port --parallel
        case 'idrac time show'
            printf '%s\\n' --columns --sort-by --filter --watch --file -f --port --user -u --ca-cert
        case 'idrac time sync'
            printf '%s\\n' --as --parallel --wait-lock --file -f --port --user -u --ca-cert --ntp
        case 'idrac window'
            printf '%s\\n' --file -f --port --for --host-timeout
        case 'init'
            printf '%s\\n' --as --parallel --wait-lock --host --user --token-id --shell
        case 'login'
            printf '%s\\n' --as --parallel --wait-lock --host --fingerprint --ca-cert --proxy --user --realm --otp --token-id --token-name --role
        case 'logout'
            printf '%s\\n' --as --parallel --wait-lock --otp
        case 'net check'
            printf '%s\\n' --file -f --port --warn --crit --fail-on --parallel --deadline --report
        case 'node drain'
            printf '%s\\n' --as --parallel --wait-lock --to
        case 'node list'
            printf '%s\\n' --columns --sort-by --filter --watch
        case 'node reboot'
            printf '%s\\n' --as --parallel --wait-lock
        case 'node shutdown'
            printf '%s\\n' --as --parallel --wait-lock
        case 'node undrain'
            printf '%s\\n' --as --parallel --wait-lock
        case 'node wake'
            printf '%s\\n' --as --parallel --wait-lock
        case 'op list'
            printf '%s\\n' --columns --sort-by --filter --watch --status --since --limit
        case 'op prune'
            printf '%s\\n' --as --parallel --wait-lock --older-than --keep
        case 'op resume'
            printf '%s\\n' --as --parallel --wait-lock
        case 'op rollback'
            printf '%s\\n' --as --parallel --wait-lock
        case 'plugins install'
            printf '%s\\n' --as --parallel --wait-lock
        case 'plugins link'
            printf '%s\\n' --as --parallel --wait-lock
        case 'plugins list'
            printf '%s\\n' --columns --sort-by --filter --watch
        case 'plugins new'
            printf '%s\\n' --as --parallel --wait-lock
        case 'plugins uninstall'
            printf '%s\\n' --as --parallel --wait-lock
        case 'plugins update'
            printf '%s\\n' --as --parallel --wait-lock
        case 'pool add'
            printf '%s\\n' --as --parallel --wait-lock --selector -l --storage
        case 'pool create'
            printf '%s\\n' --as --parallel --wait-lock --comment
        case 'pool delete'
            printf '%s\\n' --as --parallel --wait-lock
        case 'pool list'
            printf '%s\\n' --columns --sort-by --filter --watch
        case 'pool remove'
            printf '%s\\n' --as --parallel --wait-lock --selector -l --storage
        case 'sandbox env'
            printf '%s\\n' --data
        case 'sandbox fault add'
            printf '%s\\n' --as --parallel --wait-lock --data --file -f --id --method --path --nth --times --probability --seed --action --status --percent --message --seconds --storage --node --bytes --vmid
        case 'sandbox fault clear'
            printf '%s\\n' --as --parallel --wait-lock --data
        case 'sandbox fault list'
            printf '%s\\n' --columns --sort-by --filter --watch --data
        case 'sandbox log'
            printf '%s\\n' --data --limit
        case 'sandbox record'
            printf '%s\\n' --as --parallel --wait-lock --out -o --count
        case 'sandbox reset'
            printf '%s\\n' --as --parallel --wait-lock --data
        case 'sandbox start'
            printf '%s\\n' --as --parallel --wait-lock --port --nodes --guests --data --idrac --seed --speed --latency-millis --engine --memory-limit --cpu-limit --task-millis --agent-delay-millis --stale-millis --lock-timeout-millis --allow-host --capacity
        case 'sandbox status'
            printf '%s\\n' --data
        case 'sandbox stop'
            printf '%s\\n' --as --parallel --wait-lock --data
        case 'schedule add'
            printf '%s\\n' --as --parallel --wait-lock --at --with
        case 'schedule list'
            printf '%s\\n' --columns --sort-by --filter --watch
        case 'schedule remove'
            printf '%s\\n' --as --parallel --wait-lock
        case 'status'
            printf '%s\\n' --watch
        case 'storage content'
            printf '%s\\n' --columns --sort-by --filter --watch --node --content --vmid
        case 'storage delete'
            printf '%s\\n' --as --parallel --wait-lock --node
        case 'storage download'
            printf '%s\\n' --as --parallel --wait-lock --storage --node --content --filename --checksum --decompress
        case 'storage list'
            printf '%s\\n' --columns --sort-by --filter --watch --node
        case 'storage orphans'
            printf '%s\\n' --columns --sort-by --filter --watch --storage --node
        case 'storage prune'
            printf '%s\\n' --as --parallel --wait-lock --keep-last --keep-hourly --keep-daily --keep-weekly --keep-monthly --keep-yearly --vmid --type --node
        case 'storage upload'
            printf '%s\\n' --as --parallel --wait-lock --storage --node --content --filename --checksum
        case 'task list'
            printf '%s\\n' --columns --sort-by --filter --watch --node --vmid --status --type --user --since --limit
        case 'task stop'
            printf '%s\\n' --as --parallel --wait-lock
        case 'task wait'
            printf '%s\\n' --timeout
        case 'template backup'
            printf '%s\\n' --as --parallel --wait-lock --selector -l --storage --mode --compress --notes --keep
        case 'template build'
            printf '%s\\n' --as --parallel --wait-lock --file -f --var --report --junit --prune-keep
        case 'template clone'
            printf '%s\\n' --as --parallel --wait-lock --vmid --target-node --storage --pool
        case 'template create'
            printf '%s\\n' --as --parallel --wait-lock --image --url --iso --disk --checksum --fetch --arch --name --vmid --node --storage --import-storage --format --memory --cores --profile --cpu --net --nics --bridge-base --skip-bridge-indexes --bios --machine --from-vm --packages --snippet --script --timeout --cloud-init --tags --version
        case 'template delete'
            printf '%s\\n' --as --parallel --wait-lock --selector -l --backup-storage
        case 'template list'
            printf '%s\\n' --columns --sort-by --filter --watch --node
        case 'template outdated'
            printf '%s\\n' --columns --sort-by --filter --watch
        case 'template promote'
            printf '%s\\n' --as --parallel --wait-lock
        case 'template prune'
            printf '%s\\n' --as --parallel --wait-lock --keep
        case 'template refresh'
            printf '%s\\n' --as --parallel --wait-lock --report --junit --prune-keep
        case 'template restore'
            printf '%s\\n' --as --parallel --wait-lock --vmid --node --storage --name
        case 'template rollback'
            printf '%s\\n' --as --parallel --wait-lock
        case 'template snippet list'
            printf '%s\\n' --columns --sort-by --filter --watch
        case 'template test'
            printf '%s\\n' --as --parallel --wait-lock --user --timeout --junit
        case 'template versions'
            printf '%s\\n' --columns --sort-by --filter --watch
        case 'time exec'
            printf '%s\\n' --as --parallel --wait-lock --to --offset --for-cert --from-idrac --max-days
        case 'time restore'
            printf '%s\\n' --as --parallel --wait-lock --selector -l
        case 'time run'
            printf '%s\\n' --as --parallel --wait-lock --to --offset --for-cert --from-idrac --max-days --reason --timeout
        case 'time shift'
            printf '%s\\n' --as --parallel --wait-lock --selector -l --to --offset --for-cert --from-idrac --max-days --duration --auto-restore --mode --timeout --reason
        case 'time status'
            printf '%s\\n' --columns --sort-by --filter --watch
        case 'time window'
            printf '%s\\n' --file -f --port --for --host-timeout
        case 'top'
            printf '%s\\n' --columns --sort-by --filter --watch --limit
        case 'undo'
            printf '%s\\n' --as --parallel --wait-lock
        case 'update'
            printf '%s\\n' --as --parallel --wait-lock --to
        case 'update rollback'
            printf '%s\\n' --as --parallel --wait-lock
        case 'vm agent file-write'
            printf '%s\\n' --as --parallel --wait-lock
        case 'vm agent freeze'
            printf '%s\\n' --as --parallel --wait-lock --selector -l
        case 'vm agent fsinfo'
            printf '%s\\n' --columns --sort-by --filter --watch
        case 'vm agent fstrim'
            printf '%s\\n' --as --parallel --wait-lock --selector -l
        case 'vm agent network'
            printf '%s\\n' --columns --sort-by --filter --watch
        case 'vm agent passwd'
            printf '%s\\n' --as --parallel --wait-lock
        case 'vm agent thaw'
            printf '%s\\n' --as --parallel --wait-lock --selector -l
        case 'vm agent users'
            printf '%s\\n' --columns --sort-by --filter --watch
        case 'vm backup'
            printf '%s\\n' --as --parallel --wait-lock --selector -l --storage --mode --compress --notes --keep
        case 'vm clone'
            printf '%s\\n' --as --parallel --wait-lock --snapshot --target-node --storage --pool --vmid --format --profile
        case 'vm console'
            printf '%s\\n' --as --parallel --wait-lock --escape -e --serial --vnc-port
        case 'vm cp'
            printf '%s\\n' --as --parallel --wait-lock --via --mode --user
        case 'vm create'
            printf '%s\\n' --as --parallel --wait-lock --template -t --iso --profile --count --from-csv --file -f --var --vmid --node --storage --iso-storage --pool --memory --balloon --cores --sockets --cpu --disk --disk-format --net --bios --machine --scsihw --ostype --vga --ip --user --ssh-key --nameserver --searchdomain --user-data --network-config --meta-data --vendor-data --cloud-init --tags --wait --wait-timeout
        case 'vm delete'
            printf '%s\\n' --as --parallel --wait-lock --selector -l --backup-storage
        case 'vm deploy-timeshift'
            printf '%s\\n' --as --parallel --wait-lock --template -t --package --user --ssh-key --network-config --vmid --node --iso-storage --pool --memory --cores --net --tags --wait-timeout
        case 'vm disk add'
            printf '%s\\n' --as --parallel --wait-lock --selector -l --size --storage --slot --bus --format --cache
        case 'vm disk detach'
            printf '%s\\n' --as --parallel --wait-lock --selector -l
        case 'vm disk list'
            printf '%s\\n' --columns --sort-by --filter --watch --selector -l
        case 'vm disk move'
            printf '%s\\n' --as --parallel --wait-lock --selector -l --storage --format
        case 'vm disk remove'
            printf '%s\\n' --as --parallel --wait-lock --selector -l
        case 'vm disk resize'
            printf '%s\\n' --as --parallel --wait-lock --selector -l
        case 'vm exec'
            printf '%s\\n' --as --parallel --wait-lock --selector -l --timeout
        case 'vm list'
            printf '%s\\n' --columns --sort-by --filter --watch --node --selector -l
        case 'vm migrate'
            printf '%s\\n' --as --parallel --wait-lock --selector -l --to --target-storage
        case 'vm nic add'
            printf '%s\\n' --as --parallel --wait-lock --selector -l --bridge --vlan --mtu --rate --mac --model --queues
        case 'vm nic list'
            printf '%s\\n' --columns --sort-by --filter --watch --selector -l
        case 'vm nic remove'
            printf '%s\\n' --as --parallel --wait-lock --selector -l
        case 'vm nic set'
            printf '%s\\n' --as --parallel --wait-lock --selector -l --bridge --vlan --mtu --rate --mac --model --queues
        case 'vm pending'
            printf '%s\\n' --columns --sort-by --filter --watch
        case 'vm profile list'
            printf '%s\\n' --columns --sort-by --filter --watch
        case 'vm profile remove'
            printf '%s\\n' --as --parallel --wait-lock --in
        case 'vm profile set'
            printf '%s\\n' --as --parallel --wait-lock --in
        case 'vm reboot'
            printf '%s\\n' --as --parallel --wait-lock --selector -l --timeout
        case 'vm rename'
            printf '%s\\n' --as --parallel --wait-lock --selector -l
        case 'vm reset'
            printf '%s\\n' --as --parallel --wait-lock --selector -l
        case 'vm resize'
            printf '%s\\n' --as --parallel --wait-lock --selector -l
        case 'vm resume'
            printf '%s\\n' --as --parallel --wait-lock --selector -l
        case 'vm set'
            printf '%s\\n' --as --parallel --wait-lock --selector -l --name --description --memory --cores --cpulimit --cpuunits --startup --tags --nameserver --searchdomain --set --delete --balloon --sockets --vcpus --cpu --boot --ostype --bios --machine --scsihw --vga --ciuser --ssh-key --ip
        case 'vm shutdown'
            printf '%s\\n' --as --parallel --wait-lock --selector -l --timeout
        case 'vm snapshot create'
            printf '%s\\n' --as --parallel --wait-lock --selector -l --name --description
        case 'vm snapshot delete'
            printf '%s\\n' --as --parallel --wait-lock --selector -l
        case 'vm snapshot list'
            printf '%s\\n' --columns --sort-by --filter --watch --selector -l
        case 'vm snapshot prune'
            printf '%s\\n' --as --parallel --wait-lock --selector -l --keep --older-than --match
        case 'vm snapshot rollback'
            printf '%s\\n' --as --parallel --wait-lock --selector -l
        case 'vm ssh'
            printf '%s\\n' --as --parallel --wait-lock --user -u --host --port -p --identity -i --jump -J
        case 'vm start'
            printf '%s\\n' --as --parallel --wait-lock --selector -l
        case 'vm stop'
            printf '%s\\n' --as --parallel --wait-lock --selector -l
        case 'vm suspend'
            printf '%s\\n' --as --parallel --wait-lock --selector -l --state-storage
        case 'vm tag'
            printf '%s\\n' --as --parallel --wait-lock --selector -l --add --remove --set
        case 'vm watch'
            printf '%s\\n' --selector -l --interval --until --timeout --exec
        case 'wait'
            printf '%s\\n' --for --timeout --ssh-port --interval
    end
end

function __pmx_options
    switch "$argv[1] $argv[2]"
        case 'access acl remove --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'access acl set --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'access group create --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'access group delete --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'access role create --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'access role delete --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'access role set --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'access token create --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'access token delete --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'access user create --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'access user delete --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'access user set --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'api delete --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'api post --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'api put --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'apply --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'auth role --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'backup create --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'backup create --mode'
            printf '%s\\n' 'snapshot' 'suspend' 'stop'
        case 'backup create --compress'
            printf '%s\\n' 'zstd' 'gzip' 'lzo' '0'
        case 'backup delete --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'backup job create --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'backup job create --mode'
            printf '%s\\n' 'snapshot' 'suspend' 'stop'
        case 'backup job create --compress'
            printf '%s\\n' 'zstd' 'gzip' 'lzo' '0'
        case 'backup job delete --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'backup job disable --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'backup job enable --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'backup job run --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'backup job set --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'backup job set --mode'
            printf '%s\\n' 'snapshot' 'suspend' 'stop'
        case 'backup job set --compress'
            printf '%s\\n' 'zstd' 'gzip' 'lzo' '0'
        case 'backup job set --unset'
            printf '%s\\n' 'node' 'keep' 'notes' 'comment' 'exclude'
        case 'backup prune --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'backup restore --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'catalog cache prune --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'catalog update --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'cloudinit render --layout'
            printf '%s\\n' 'nocloud' 'configdrive'
        case 'cloudinit schema --kind'
            printf '%s\\n' 'cloud-config-v1' 'network-config-v1' 'network-config-v2'
        case 'cloudinit validate --kind'
            printf '%s\\n' 'user-data' 'vendor-data' 'meta-data' 'network-config'
        case 'cluster resources --type'
            printf '%s\\n' 'vm' 'ct' 'node' 'storage' 'pool' 'sdn'
        case 'config decrypt --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'config edit --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'config edit --in'
            printf '%s\\n' 'user' 'project' 'system'
        case 'config encrypt --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'config history --in'
            printf '%s\\n' 'user' 'project' 'system'
        case 'config import --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'config import --from'
            printf '%s\\n' 'time-shift' 'homelab' 'cpcg' 'proxmox-mpc'
        case 'config migrate --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'config migrate --in'
            printf '%s\\n' 'user' 'project' 'system'
        case 'config reset --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'config reset --in'
            printf '%s\\n' 'user' 'project' 'system'
        case 'config restore --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'config restore --in'
            printf '%s\\n' 'user' 'project' 'system'
        case 'config set --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'config set --in'
            printf '%s\\n' 'user' 'project' 'system'
        case 'config unset --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'config unset --in'
            printf '%s\\n' 'user' 'project' 'system'
        case 'context add --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'context add --confirm'
            printf '%s\\n' 'always' 'destructive'
        case 'context copy --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'context export --format'
            printf '%s\\n' 'yaml' 'json'
        case 'context import --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'context remove --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'context rename --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'context use --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'ct backup --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'ct backup --mode'
            printf '%s\\n' 'snapshot' 'suspend' 'stop'
        case 'ct backup --compress'
            printf '%s\\n' 'zstd' 'gzip' 'lzo' '0'
        case 'ct clone --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'ct console --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'ct cp --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'ct cp --via'
            printf '%s\\n' 'node' 'ssh'
        case 'ct create --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'ct create --wait'
            printf '%s\\n' 'ip' 'ssh'
        case 'ct delete --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'ct disk add --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'ct disk detach --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'ct disk move --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'ct disk remove --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'ct disk resize --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'ct exec --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'ct migrate --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'ct nic add --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'ct nic remove --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'ct nic set --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'ct reboot --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'ct rename --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'ct resize --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'ct resume --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'ct set --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'ct shutdown --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'ct snapshot create --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'ct snapshot delete --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'ct snapshot prune --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'ct snapshot rollback --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'ct ssh --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'ct start --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'ct stop --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'ct suspend --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'ct tag --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'ct template download --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'ct watch --until'
            printf '%s\\n' 'running' 'stopped'
        case 'delete --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'ha add --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'ha add --state'
            printf '%s\\n' 'started' 'stopped' 'disabled' 'ignored'
        case 'ha remove --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'ha set --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'ha set --state'
            printf '%s\\n' 'started' 'stopped' 'disabled' 'ignored'
        case 'idrac cert csr --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'idrac cert export --type'
            printf '%s\\n' 'Server' 'CA' 'CSC' 'ClientTrustCertificate'
        case 'idrac cert replace --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'idrac cert reset --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'idrac check --fail-on'
            printf '%s\\n' 'critical' 'warning' 'never'
        case 'idrac connect --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'idrac login --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'idrac logout --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'idrac pin --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'idrac power cycle --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'idrac power off --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'idrac power on --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'idrac power reset --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'idrac time sync --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'init --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'init --shell'
            printf '%s\\n' 'bash' 'zsh' 'fish'
        case 'login --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'login --role'
            printf '%s\\n' 'read-only' 'operator' 'template-builder' 'full'
        case 'logout --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'net check --fail-on'
            printf '%s\\n' 'critical' 'warning' 'never'
        case 'node drain --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'node reboot --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'node shutdown --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'node undrain --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'node wake --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'op list --status'
            printf '%s\\n' 'running' 'completed' 'rolled-back' 'interrupted' 'failed'
        case 'op prune --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'op resume --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'op rollback --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'plugins install --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'plugins link --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'plugins new --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'plugins uninstall --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'plugins update --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'pool add --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'pool create --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'pool delete --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'pool remove --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'sandbox fault add --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'sandbox fault clear --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'sandbox record --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'sandbox reset --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'sandbox start --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'sandbox start --engine'
            printf '%s\\n' 'sim' 'qemu' 'auto'
        case 'sandbox stop --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'schedule add --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'schedule add --with'
            printf '%s\\n' 'auto' 'systemd' 'cron'
        case 'schedule remove --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'storage content --content'
            printf '%s\\n' 'backup' 'images' 'import' 'iso' 'rootdir' 'snippets' 'vztmpl'
        case 'storage delete --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'storage download --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'storage download --content'
            printf '%s\\n' 'iso' 'vztmpl' 'import'
        case 'storage download --decompress'
            printf '%s\\n' 'gz' 'lzo' 'zst' 'bz2'
        case 'storage prune --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'storage prune --type'
            printf '%s\\n' 'qemu' 'lxc'
        case 'storage upload --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'storage upload --content'
            printf '%s\\n' 'iso' 'vztmpl' 'import'
        case 'task list --status'
            printf '%s\\n' 'running' 'ok' 'warning' 'error'
        case 'task stop --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'template backup --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'template backup --mode'
            printf '%s\\n' 'snapshot' 'suspend' 'stop'
        case 'template backup --compress'
            printf '%s\\n' 'zstd' 'gzip' 'lzo' '0'
        case 'template build --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'template clone --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'template create --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'template create --fetch'
            printf '%s\\n' 'auto' 'node' 'local'
        case 'template create --format'
            printf '%s\\n' 'qcow2' 'raw' 'vmdk'
        case 'template create --profile'
            printf '%s\\n' 'small' 'performance' 'database'
        case 'template create --bios'
            printf '%s\\n' 'seabios' 'ovmf'
        case 'template create --cloud-init'
            printf '%s\\n' 'native' 'none'
        case 'template delete --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'template promote --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'template prune --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'template refresh --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'template restore --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'template rollback --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'template test --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'time exec --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'time restore --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'time run --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'time shift --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'time shift --mode'
            printf '%s\\n' 'agent' 'rtc' 'auto'
        case 'undo --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'update --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'update rollback --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'vm agent file-write --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'vm agent freeze --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'vm agent fstrim --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'vm agent passwd --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'vm agent thaw --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'vm backup --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'vm backup --mode'
            printf '%s\\n' 'snapshot' 'suspend' 'stop'
        case 'vm backup --compress'
            printf '%s\\n' 'zstd' 'gzip' 'lzo' '0'
        case 'vm clone --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'vm clone --format'
            printf '%s\\n' 'raw' 'qcow2' 'vmdk'
        case 'vm console --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'vm console --serial'
            printf '%s\\n' 'serial0' 'serial1' 'serial2' 'serial3'
        case 'vm cp --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'vm cp --via'
            printf '%s\\n' 'agent' 'ssh'
        case 'vm create --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'vm create --disk-format'
            printf '%s\\n' 'raw' 'qcow2' 'vmdk'
        case 'vm create --bios'
            printf '%s\\n' 'seabios' 'ovmf'
        case 'vm create --scsihw'
            printf '%s\\n' 'lsi' 'lsi53c810' 'virtio-scsi-pci' 'virtio-scsi-single' 'megasas' 'pvscsi'
        case 'vm create --ostype'
            printf '%s\\n' 'other' 'wxp' 'w2k' 'w2k3' 'w2k8' 'wvista' 'win7' 'win8' 'win10' 'win11' 'l24' 'l26' 'solaris'
        case 'vm create --cloud-init'
            printf '%s\\n' 'native' 'nocloud' 'configdrive'
        case 'vm create --wait'
            printf '%s\\n' 'agent' 'ip' 'ssh'
        case 'vm delete --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'vm deploy-timeshift --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'vm disk add --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'vm disk add --bus'
            printf '%s\\n' 'scsi' 'virtio' 'sata' 'ide'
        case 'vm disk add --format'
            printf '%s\\n' 'raw' 'qcow2' 'vmdk'
        case 'vm disk add --cache'
            printf '%s\\n' 'none' 'writethrough' 'writeback' 'unsafe' 'directsync'
        case 'vm disk detach --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'vm disk move --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'vm disk move --format'
            printf '%s\\n' 'raw' 'qcow2' 'vmdk'
        case 'vm disk remove --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'vm disk resize --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'vm exec --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'vm migrate --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'vm nic add --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'vm nic add --model'
            printf '%s\\n' 'virtio' 'e1000' 'e1000e' 'rtl8139' 'vmxnet3'
        case 'vm nic remove --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'vm nic set --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'vm nic set --model'
            printf '%s\\n' 'virtio' 'e1000' 'e1000e' 'rtl8139' 'vmxnet3'
        case 'vm profile remove --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'vm profile remove --in'
            printf '%s\\n' 'user' 'project' 'system'
        case 'vm profile set --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'vm profile set --in'
            printf '%s\\n' 'user' 'project' 'system'
        case 'vm reboot --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'vm rename --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'vm reset --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'vm resize --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'vm resume --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'vm set --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'vm set --bios'
            printf '%s\\n' 'seabios' 'ovmf'
        case 'vm shutdown --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'vm snapshot create --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'vm snapshot delete --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'vm snapshot prune --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'vm snapshot rollback --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'vm ssh --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'vm start --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'vm stop --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'vm suspend --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'vm tag --as'
            printf '%s\\n' 'words' 'curl' 'pvesh'
        case 'vm watch --until'
            printf '%s\\n' 'running' 'stopped'
        case 'wait --for'
            printf '%s\\n' 'running' 'stopped' 'agent' 'ip' 'ssh' 'deleted' 'task'
        case '*'
            switch "$argv[2]"
                case '--log-level'
                    printf '%s\\n' 'trace' 'debug' 'info' 'warn' 'error'
                case '--log-format'
                    printf '%s\\n' 'text' 'json'
            end
    end
end

function __pmx_ask
    for row in (pmx complete -- $argv 2>/dev/null)
        switch "$row"
            case ':files'
                __fish_complete_path (commandline -ct)
            case ':values'
            case '*'
                echo $row
        end
    end
end

function __pmx_complete
    set -l global_values --context --output -o --log-level --log-file --log-format --request-timeout
    set -l before (commandline -opc)[2..-1]
    set -l current (commandline -ct)
    set -l path
    set -l skip 0
    for word in $before
        if test $skip -eq 1
            set skip 0
            continue
        end
        if string match -q -- '-*' $word
            contains -- $word $global_values; and set skip 1
            continue
        end
        __pmx_children "$path" | string match -q -- "$word"\t'*'; or break
        set path (string trim -- "$path $word")
    end
    if string match -q -- '--*=*' $current
        set -l flag (string split -m 1 = -- $current)[1]
        set -l options (__pmx_options "$path" $flag)
        if set -q options[1]
            printf '%s\n' $flag=$options
        else
            __pmx_ask $before $current
        end
        return
    end
    if string match -q -- '-*' $current
        __pmx_flags "$path"
        printf '%s\t%s\n' '--context' 'Context to use instead of the current one' '--output' 'Format of the result' '--json' 'Print one JSON document to stdout, for the result as for an error (-o json)' '--verbose' 'Tell on stderr what is done (--log-level info)' '--log-level' 'Tell on stderr what pmx does, from this level on' '--log-file' 'Write the log into this file, too (from debug on)' '--log-format' 'Lines of text, or one JSON document a line' '--debug' 'Tell on stderr what pmx does, with secrets hidden (--log-level debug)' '--no-color' 'Print without colours (also NO_COLOR=1)' '--no-input' 'Never ask' '--request-timeout' 'Limit for each API request, in seconds'
        return
    end
    set -l valued (__pmx_values "$path") $global_values
    set -l previous $before[-1]
    if string match -q -- '-*' "$previous"; and contains -- $previous $valued
        set -l options (__pmx_options "$path" $previous)
        if set -q options[1]
            printf '%s\n' $options
        else
            __pmx_ask $before $current
        end
        return
    end
    set -l children (__pmx_children "$path")
    if set -q children[1]
        printf '%s\n' $children
    else
        __pmx_ask $before $current
    end
end

complete -c pmx -f -a '(__pmx_complete)'
