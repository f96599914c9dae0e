// A small HTTP/1.1 server on 127.0.0.1 for tests: one thread that accepts, one a connection. What it answers is said
// by the path. It counts connections and requests; `arrived` is called from its thread for /hang.
#ifndef TESTS_HARNESS_HTTP_SERVER_H
#define TESTS_HARNESS_HTTP_SERVER_H

#include <arpa/inet.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#define SERVER_CONNECTIONS 512

typedef struct Server {
    int fd, port;
    pthread_t thread;
    pthread_t connection[SERVER_CONNECTIONS];
    int fds[SERVER_CONNECTIONS];
    atomic_int connections, requests, drops;
    void (*arrived)(void *ctx);
    void *ctx;
} Server;

typedef struct ServerConnection {
    Server *server;
    int fd, number;
} ServerConnection;

static inline void server_send(int fd, const void *p, size_t n) {
    for (const char *at = p; n > 0;) {
        ssize_t sent = send(fd, at, n, MSG_NOSIGNAL);
        if (sent <= 0) return;
        at += sent;
        n -= (size_t)sent;
    }
}

static inline void server_text(int fd, const char *text) { server_send(fd, text, strlen(text)); }

static inline void server_answer(int fd, const char *headers, const char *body, size_t n) {
    char head[1024];
    snprintf(head, sizeof head, "HTTP/1.1 200 OK\r\n%sContent-Length: %zu\r\n\r\n", headers, n);
    server_text(fd, head);
    server_send(fd, body, n);
}

// Reads one request: its head (NUL-terminated) and its body. False at the end of the connection.
static inline bool server_read(int fd, char *head, size_t cap, char **body, size_t *body_n) {
    size_t n = 0;
    char *end = NULL;
    while (!end) {
        ssize_t got = n + 1 < cap ? recv(fd, head + n, 1, 0) : -1;
        if (got <= 0) return false;
        n += (size_t)got;
        head[n] = '\0';
        if (n >= 4) end = strstr(head + n - 4, "\r\n\r\n");
    }
    *body_n = 0;
    const char *length = strcasestr(head, "\r\ncontent-length:");
    if (length) *body_n = strtoul(length + 17, NULL, 10);
    *body = calloc(1, *body_n + 1);
    for (size_t have = 0; have < *body_n;) {
        ssize_t got = recv(fd, *body + have, *body_n - have, 0);
        if (got <= 0) return false;
        have += (size_t)got;
    }
    return true;
}

// False: close the connection.
static inline bool server_serve(ServerConnection *c, const char *head, const char *body, size_t body_n) {
    Server *server = c->server;
    char path[256] = "", text[64];
    sscanf(head, "%*s %255s", path);
    if (strcmp(path, "/echo") == 0) {
        server_answer(c->fd, "X-Echo: yes\r\nX-Echo:  again \r\n", body, body_n);
    } else if (strcmp(path, "/head") == 0) { // the request's own head comes back
        server_answer(c->fd, "", head, strlen(head));
    } else if (strcmp(path, "/connection") == 0) {
        snprintf(text, sizeof text, "%d", c->number);
        server_answer(c->fd, "", text, strlen(text));
    } else if (strcmp(path, "/chunked") == 0) {
        server_text(c->fd, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nWiki\r\n5\r\npedia\r\n0\r\n\r\n");
    } else if (strcmp(path, "/interim") == 0) {
        server_text(c->fd, "HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\n");
        server_answer(c->fd, "X-Late: 1\r\n", "ok", 2);
    } else if (strcmp(path, "/redirect") == 0) {
        server_text(c->fd, "HTTP/1.1 301 Moved\r\nLocation: /echo\r\nContent-Length: 0\r\n\r\n");
    } else if (strcmp(path, "/cut") == 0) {
        server_text(c->fd, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort");
        return false;
    } else if (strcmp(path, "/garbage") == 0) {
        server_text(c->fd, "this is not HTTP\r\n\r\n");
        return false;
    } else if (strcmp(path, "/endless") == 0) { // without a length, until the peer goes
        server_text(c->fd, "HTTP/1.1 200 OK\r\n\r\n");
        char block[4096];
        memset(block, 'x', sizeof block);
        while (send(c->fd, block, sizeof block, MSG_NOSIGNAL) > 0) continue;
        return false;
    } else if (strcmp(path, "/drop") == 0) {
        atomic_fetch_add(&server->drops, 1);
        return false;
    } else if (strcmp(path, "/hang") == 0) {
        server->arrived(server->ctx);
    } else {
        server_text(c->fd, "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnone");
    }
    return true;
}

static inline void *server_connection(void *ctx) {
    ServerConnection *c = ctx;
    static const size_t cap = 65536;
    char *head = malloc(cap), *body = NULL;
    size_t body_n = 0;
    while (server_read(c->fd, head, cap, &body, &body_n)) {
        atomic_fetch_add(&c->server->requests, 1);
        bool more = server_serve(c, head, body, body_n);
        free(body);
        body = NULL;
        if (!more) break;
    }
    free(body);
    free(head);
    shutdown(c->fd, SHUT_RDWR);
    free(c);
    return NULL;
}

static inline void *server_accept(void *ctx) {
    Server *server = ctx;
    for (int fd; (fd = accept(server->fd, NULL, NULL)) >= 0;) {
        int number = atomic_fetch_add(&server->connections, 1);
        if (number >= SERVER_CONNECTIONS) abort();
        ServerConnection *c = malloc(sizeof *c);
        *c = (ServerConnection){server, fd, number};
        server->fds[number] = fd;
        pthread_create(&server->connection[number], NULL, server_connection, c);
    }
    return NULL;
}

static inline Server *server_start(void) {
    Server *server = calloc(1, sizeof *server);
    server->fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof address;
    if (bind(server->fd, (struct sockaddr *)&address, n) < 0 || listen(server->fd, 512) < 0) abort();
    getsockname(server->fd, (struct sockaddr *)&address, &n);
    server->port = ntohs(address.sin_port);
    pthread_create(&server->thread, NULL, server_accept, server);
    return server;
}

static inline void server_stop(Server *server) {
    shutdown(server->fd, SHUT_RDWR);
    pthread_join(server->thread, NULL);
    close(server->fd);
    for (int i = 0; i < server->connections; i++) {
        shutdown(server->fds[i], SHUT_RDWR);
        pthread_join(server->connection[i], NULL);
        close(server->fds[i]);
    }
    free(server);
}

#endif
