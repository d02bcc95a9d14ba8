package io.cistern.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.concurrent.TimeUnit;

/**
 * One client's connection, first in its pipeline. Bounds what the client can make the server hold:
 * requests sent ahead, answers not taken, silence, slow bodies. Only its event loop touches it.
 */
final class ClientConnection extends ChannelInboundHandlerAdapter {
    /** Bytes of further requests taken while one is being answered. */
    private static final int MAX_AHEAD = 16 * 1024;

    /** How long a refused client may go on sending, so that the refusal reaches it. */
    private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final RequestDispatcher dispatcher;
    private final HttpConnection connection;
    private final Channel channel;
    private ChannelHandlerContext context;
    private HttpCall call;
    private BodyReader body;
    private HttpCall postponed;
    private boolean answering;
    private boolean closing;
    private boolean closed;
    private boolean paused;
    private boolean bounded = true;
    private int ahead;
    private long since;
    private long unsent;

    ClientConnection(RequestDispatcher dispatcher, HttpConnection connection) {
        this.dispatcher = dispatcher;
        this.connection = connection;
        this.channel = ((ConnectionBase) connection).channel();
        this.since = dispatcher.now();
    }

    /** Starts watching; a client may be gone already, which the pipeline would not tell. */
    void open() {
        channel.pipeline().addFirst("cistern-connection", this);
        channel.closeFuture().addListener(gone -> closed());
    }

    HttpConnection connection() {
        return connection;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
    }

    /** Takes the next request; there is never more than one. */
    void begin(HttpCall next) {
        call = next;
        if (answering) {
            // From within the answer before: a long row of requests must not become a deep stack.
            next.request().pause();
            channel.eventLoop().execute(() -> dispatchPaused(next));
        } else if (channel.isWritable()) {
            dispatcher.accept(next);
        } else {
            next.request().pause();
            postponed = next;
        }
    }

    private void dispatchPaused(HttpCall next) {
        if (closed || closing) {
            next.abandon();
        } else if (channel.isWritable()) {
            dispatcher.accept(next);
            next.request().resume();
        } else {
            postponed = next;
        }
    }

    /** The request is answered now; writing the answer may bring the next one along. */
    void end() {
        call = null;
        body = null;
        since = dispatcher.now();
        ahead = 0;
        bounded = true;
        answering = true;
    }

    /** The answer is written. */
    void ended() {
        answering = false;
        if (paused && channel.isWritable()) {
            resume();
        }
    }

    void reading(BodyReader reader) {
        body = reader;
    }

    void bodyRead() {
        body = null;
    }

    /** Somebody else reads the request's body, and bounds it. */
    void readElsewhere() {
        bounded = false;
    }

    boolean isClosed() {
        return closed;
    }

    /** Whether nothing more is taken from the client. */
    boolean isClosing() {
        return closing || closed;
    }

    /** Closes once everything is written, and the client had time to read it. */
    void closeGently() {
        if (closing) {
            return;
        }
        closing = true;
        since = dispatcher.now();
        channel.config().setAutoRead(true);
        context.writeAndFlush(Unpooled.EMPTY_BUFFER)
                .addListener(
                        written -> {
                            if (channel instanceof DuplexChannel duplex) {
                                duplex.shutdownOutput();
                            } else {
                                closeNow();
                            }
                        });
    }

    /** Closes as soon as everything is written. */
    void closeAfterWriting() {
        closing = true;
        context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> closeNow());
    }

    /** Closes, whatever is still to be written; Vert.x would wait until it is. */
    void closeNow() {
        closing = true;
        context.close();
    }

    /** Looks, about once a second, whether the client kept one of its times. */
    void check(long now, long idleNanos) {
        if (closing) {
            if (now - since > LINGER_NANOS) {
                closeNow();
            }
        } else if (hasUnsent()) {
            checkProgress(now, idleNanos);
        } else if (body != null) {
            body.check(now);
        } else if (call == null && now - since > idleNanos) {
            closeNow();
        }
    }

    private boolean hasUnsent() {
        return channel.bytesBeforeUnwritable() < channel.config().getWriteBufferHighWaterMark();
    }

    private void checkProgress(long now, long idleNanos) {
        var left =
                channel.isWritable()
                        ? -channel.bytesBeforeUnwritable()
                        : channel.bytesBeforeWritable();
        if (left != unsent) {
            unsent = left;
            since = now;
        } else if (now - since > idleNanos) {
            closeNow();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext reading, Object message) {
        if (closing) {
            ReferenceCountUtil.release(message);
            return;
        }
        if (call != null && body == null && bounded) {
            ahead += message instanceof ByteBuf bytes ? bytes.readableBytes() : 0;
            if (ahead > MAX_AHEAD) {
                pause();
            }
        }
        reading.fireChannelRead(message);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext changed) {
        if (!channel.isWritable()) {
            since = dispatcher.now();
            pause();
        } else {
            if (paused && ahead <= MAX_AHEAD) {
                resume();
            }
            var next = postponed;
            postponed = null;
            if (next != null) {
                channel.eventLoop().execute(() -> dispatchPaused(next));
            }
        }
        changed.fireChannelWritabilityChanged();
    }

    private void pause() {
        // Whatever was noted before: Vert.x resumes reading on its own account, too.
        if (!closing) {
            paused = true;
            channel.config().setAutoRead(false);
        }
    }

    private void resume() {
        paused = false;
        channel.config().setAutoRead(true);
    }

    /** The connection is gone; what waited for more of it is given up. */
    private void closed() {
        closed = true;
        dispatcher.disconnected(this);
        if (body != null || postponed != null) {
            postponed = null;
            call.abandon();
        }
    }
}
