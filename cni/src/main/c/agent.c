#include "agent.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

// Of an answer; an agent's error message is a line.
#define ANSWER_MAX 65536

#define CONNECT_AGAIN_MILLIS 50

static void add_mask(struct text *json, const struct conf_ip *ip) {
    static const char DIGITS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    unsigned char mask[18] = {0};
    int bytes = ip->v6 ? 16 : 4;
    for (int i = 0; i < bytes; i++) {
        int bits = ip->prefix - 8 * i;
        mask[i] = (unsigned char)(bits >= 8 ? 0xff : bits <= 0 ? 0 : 0xff << (8 - bits));
    }
    text_add(json, "\"");
    for (int i = 0; i < bytes; i += 3) {
        unsigned three = (unsigned)mask[i] << 16 | (unsigned)mask[i + 1] << 8 | mask[i + 2];
        char four[4];
        for (int j = 0; j < 4; j++) {
            four[j] = i + j > bytes ? '=' : DIGITS[three >> (18 - 6 * j) & 63];
        }
        text_bytes(json, four, sizeof four);
    }
    text_add(json, "\"");
}

static void add_ip(struct text *json, const struct conf_ip *ip) {
    text_add(json, "{\"Interface\":");
    if (ip->interface < 0) {
        text_add(json, "null");
    } else {
        text_number(json, ip->interface);
    }
    text_add(json, ",\"Address\":{\"IP\":");
    text_quoted(json, ip->address);
    text_add(json, ",\"Mask\":");
    add_mask(json, ip);
    text_add(json, "},\"Gateway\":");
    text_quoted(json, ip->gateway);
    text_add(json, "}");
}

void agent_request(struct text *json, const struct agent_pod *pod, const struct conf *conf) {
    text_add(json, "{\"Netns\":");
    text_quoted(json, pod->netns);
    text_add(json, ",\"PodName\":");
    text_quoted(json, pod->name);
    text_add(json, ",\"PodNamespace\":");
    text_quoted(json, pod->namespace);
    if (*pod->uid != '\0') {
        text_add(json, ",\"PodUID\":");
        text_quoted(json, pod->uid);
    }
    text_add(json, ",\"IPs\":");
    text_add(json, conf->ip_count == 0 ? "null" : "[");
    for (size_t i = 0; i < conf->ip_count; i++) {
        if (i > 0) {
            text_add(json, ",");
        }
        add_ip(json, &conf->ips[i]);
    }
    text_add(json, conf->ip_count == 0 ? "}" : "]}");
}

static long long now_millis(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

// Waits until the socket is ready for `events`; false once the deadline has passed.
static bool ready(int fd, short events, long long deadline) {
    struct pollfd one = {.fd = fd, .events = events};
    for (;;) {
        long long left = deadline - now_millis();
        if (left <= 0) {
            errno = ETIMEDOUT;
            return false;
        }
        int count = poll(&one, 1, (int)left);
        if (count > 0) {
            return true;
        }
        if (count < 0 && errno != EINTR) {
            return false;
        }
    }
}

static bool send_all(int fd, const struct text *text, long long deadline) {
    size_t sent = 0;
    while (sent < text->length) {
        ssize_t count = send(fd, text->bytes + sent, text->length - sent, MSG_NOSIGNAL);
        if (count >= 0) {
            sent += (size_t)count;
        } else if (errno == EAGAIN ? !ready(fd, POLLOUT, deadline) : errno != EINTR) {
            return false;
        }
    }
    return true;
}

static bool receive_all(int fd, struct text *answer, long long deadline) {
    char buffer[4096];
    while (answer->length < ANSWER_MAX) {
        ssize_t count = recv(fd, buffer, sizeof buffer, 0);
        if (count == 0) {
            return true;
        }
        if (count > 0) {
            text_bytes(answer, buffer, (size_t)count);
        } else if (errno == EAGAIN ? !ready(fd, POLLIN, deadline) : errno != EINTR) {
            return false;
        }
    }
    return true;
}

// A connection to the agent, or -1. An agent that is being replaced is back in a moment, and waiting for it here is cheaper than
// to have the runtime make the pod's network once more.
static int connect_to(const char *path, int millis) {
    long long deadline = now_millis() + millis;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    for (;;) {
        int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (fd < 0 || connect(fd, (const struct sockaddr *)&address, sizeof address) == 0) {
            return fd;
        }
        int error = errno;
        close(fd);
        // EAGAIN: its queue is full.
        bool later = error == ENOENT || error == ECONNREFUSED || error == EAGAIN || error == EINTR;
        if (!later || now_millis() >= deadline) {
            errno = error;
            return -1;
        }
        poll(NULL, 0, CONNECT_AGAIN_MILLIS);
    }
}

static bool exchange(int fd, const struct text *body, int millis, struct text *answer) {
    long long deadline = now_millis() + millis;
    struct text request = {0};
    text_add(&request,
             "POST /cmdadd HTTP/1.1\r\nHost: unix\r\nContent-Type: application/json\r\nConnection: close\r\n"
             "Content-Length: ");
    text_number(&request, (long long)body->length);
    text_add(&request, "\r\n\r\n");
    text_bytes(&request, body->bytes, body->length);
    bool done = send_all(fd, &request, deadline) && receive_all(fd, answer, deadline);
    int error = errno;
    free(request.bytes);
    errno = error;
    return done;
}

// The status of an HTTP/1 answer, or 0.
static int status_of(const struct text *answer) {
    const char *line = answer->bytes;
    if (answer->length < 13 || strncmp(line, "HTTP/1.", 7) != 0 || line[8] != ' ' || (line[12] != ' ' && line[12] != '\r')) {
        return 0;
    }
    int status = 0;
    for (int i = 9; i < 12; i++) {
        if (line[i] < '0' || line[i] > '9') {
            return 0;
        }
        status = status * 10 + (line[i] - '0');
    }
    return status;
}

static void explain_refusal(struct text *problem, const struct text *answer, int status) {
    if (status == 0) {
        text_add(problem, "the node agent answered something that is not HTTP");
        return;
    }
    const char *body = strstr(answer->bytes, "\r\n\r\n");
    size_t length = body == NULL ? 0 : strlen(body + 4);
    while (length > 0 && (body[3 + length] == '\n' || body[3 + length] == '\r')) {
        length--;
    }
    text_add(problem, "the node agent refused (");
    text_number(problem, status);
    text_add(problem, "): ");
    text_bytes(problem, length == 0 ? "" : body + 4, length);
}

bool agent_asks(const char *socket_path, const struct text *body, int millis, struct text *problem) {
    struct text answer = {0};
    bool may_start = false;
    int fd = connect_to(socket_path, millis);
    if (fd < 0 || !exchange(fd, body, millis, &answer)) {
        text_add(problem, errno == ETIMEDOUT ? "the node agent did not answer in time at " : "no node agent at ");
        text_add(problem, socket_path);
        text_add(problem, " (");
        text_add(problem, strerror(errno));
        text_add(problem, "); is the pod istio-cni-node of this node running?");
    } else {
        int status = answer.length == 0 ? 0 : status_of(&answer);
        may_start = status == 200;
        if (!may_start) {
            explain_refusal(problem, &answer, status);
        }
    }
    if (fd >= 0) {
        close(fd);
    }
    free(answer.bytes);
    return may_start;
}
