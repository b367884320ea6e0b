package io.periplus.dataplane.http;

import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;

/** Reads the answers to one request at a time; which method was asked decides whether content follows (RFC 9112 §6.3). */
public final class Http1ResponseDecoder extends HttpResponseDecoder {
    private boolean head;

    public Http1ResponseDecoder() {
        super(Http1RequestDecoder.config());
    }

    /** Says what is being asked, before the answer can come. */
    public void expectAnswerTo(String method) {
        head = method.equals("HEAD");
    }

    @Override
    protected boolean isContentAlwaysEmpty(HttpMessage message) {
        int status = ((HttpResponse) message).status().code();
        return head || status < 200 || status == 204 || status == 304;
    }

    @Override
    protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
        throw new IllegalArgumentException("the response has both Transfer-Encoding and Content-Length");
    }
}
