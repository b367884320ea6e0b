package io.periplus.waypoint.exchange;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;
import io.periplus.waypoint.mesh.Destination;
import io.periplus.waypoint.route.Mirror;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The copies of one request. */
final class Shadows {
    private final List<Shadow> all = new ArrayList<>(2);

    private Shadows() {}

    /** Sends copies to those mirrors whose draw it is; a mirror that cannot be reached is left out. */
    static Shadows begin(
            RequestContext request, Course course, boolean hasBody, List<Mirror> mirrors, @Nullable GrpcWeb web) {
        Shadows shadows = new Shadows();
        for (int i = 0; i < mirrors.size(); i++) {
            Mirror mirror = mirrors.get(i);
            Destination destination =
                    mirror.draw() ? mirror.backend().resolve(request.mesh().index(), request.addressed()) : null;
            Shadow shadow = destination == null ? null : Shadow.begin(request, course, hasBody, destination, web);
            if (shadow != null) {
                shadows.all.add(shadow);
            }
        }
        return shadows;
    }

    /** Passes on a piece of the body, which stays the caller's. */
    void data(ByteBuf data, boolean end) {
        for (int i = 0; i < all.size(); i++) {
            all.get(i).data(data.retainedDuplicate(), end);
        }
    }

    void trailers(HttpHeaders fields) {
        for (int i = 0; i < all.size(); i++) {
            all.get(i).trailers(fields);
        }
    }

    void flush() {
        for (int i = 0; i < all.size(); i++) {
            all.get(i).flush();
        }
    }

    /** The request is over; copies that are complete go their own way. */
    void abandon() {
        for (int i = 0; i < all.size(); i++) {
            all.get(i).abandon();
        }
    }
}
