// The node agent, which is asked to enrol a pod.
#ifndef AGENT_H
#define AGENT_H

#include <stdbool.h>

#include "conf.h"
#include "text.h"

struct agent_pod {
    const char *netns;
    const char *name;
    const char *namespace;
    const char *uid;  // empty: the runtime did not say
};

// The body of the request: upstream's fields, and the pod's uid, which upstream's agent passes over.
void agent_request(struct text *json, const struct agent_pod *pod, const struct conf *conf);

// Posts a body to the agent, waiting up to `millis` for it to be there and as long again for its answer. True if the pod may start; otherwise `problem` says
// what went wrong.
bool agent_asks(const char *socket_path, const struct text *body, int millis, struct text *problem);

#endif
