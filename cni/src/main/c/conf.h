// The network configuration that a runtime hands to the plugin: of it, what the plugin needs.
#ifndef CONF_H
#define CONF_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>

// A pod has one or two addresses; more than this is not a pod's.
#define CONF_IPS_MAX 16

// An address that plugins before this one gave to the pod.
struct conf_ip {
    char address[INET6_ADDRSTRLEN];
    bool v6;
    int prefix;
    char gateway[INET6_ADDRSTRLEN];  // empty: none
    int interface;                   // -1: none
};

struct conf {
    char version[16];   // cniVersion, or empty
    char run_dir[128];  // cni_agent_run_dir, or where the agent listens unless it is told otherwise
    bool excluded;      // whether the namespace is one of exclude_namespaces
    const char *previous;  // prevResult as it stands in the text; NULL: none
    size_t previous_length;
    struct conf_ip ips[CONF_IPS_MAX];
    size_t ip_count;
};

// Reads `text`. `namespace` is what is looked for in exclude_namespaces. Returns NULL, or what is wrong with the text.
const char *conf_read(struct conf *conf, const char *text, size_t length, const char *namespace);

// Whether results of this version have the form that the plugin passes on.
bool conf_version_is_supported(const char *version);

#endif
