package io.periplus.bench.contender;

import io.periplus.bench.machine.Program;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** nginx with one worker. Its tree of prefix locations makes many routes cheap. */
public record Nginx(Path binary) implements Contender {
    @Override
    public String name() {
        return "nginx";
    }

    @Override
    public String version() {
        return Versions.of(binary.toString(), "-v");
    }

    @Override
    public Program start(Place place) {
        StringBuilder locations = new StringBuilder("        location / { proxy_pass http://backend; }\n");
        for (int i = 0; i < place.rules().routes(); i++) {
            locations.append("        location /r%d/ { proxy_pass http://backend; }%n".formatted(i));
        }
        Path file = ConfigFile.write(place.directory(), "nginx.conf", """
                daemon off;
                worker_processes 1;
                pid %1$s/nginx.pid;
                error_log stderr warn;
                events { worker_connections 4096; }
                http {
                    access_log off;
                    server_tokens off;
                    keepalive_requests 1000000000;
                    keepalive_timeout 600s;
                    client_body_temp_path %1$s/body;
                    proxy_temp_path %1$s/proxy;
                    fastcgi_temp_path %1$s/fastcgi;
                    uwsgi_temp_path %1$s/uwsgi;
                    scgi_temp_path %1$s/scgi;
                    tcp_nodelay on;
                    http2_max_concurrent_streams 256;
                    upstream backend {
                        server 127.0.0.1:%2$d;
                        keepalive 256;
                        keepalive_requests 1000000000;
                    }
                    proxy_http_version 1.1;
                    proxy_set_header Connection "";
                    proxy_set_header Host $host;
                    proxy_buffers 16 16k;
                    server {
                        listen 127.0.0.1:%3$d;
                        listen 127.0.0.1:%4$d http2;
                %5$s    }
                }
                """.formatted(
                        place.directory(), place.backendPort(), place.port(), place.http2Port(), locations));
        return Program.start(
                "nginx",
                place.namespace(),
                place.core(),
                place.directory(),
                Map.of(),
                List.of(
                        binary.toString(),
                        "-c",
                        file.toString(),
                        "-p",
                        place.directory().toString()));
    }
}
