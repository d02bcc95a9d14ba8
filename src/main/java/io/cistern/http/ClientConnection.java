package io.cistern.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
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
    private final Channel channel;
    private HttpCall call;
    private BodyReader body;
    private HttpCall postponed;
    private boolean answering;
    private boolean closing;
    private boolean closed;
    private boolean paused;
    private int ahead;
    private long since;
    private long untilWritable;

    ClientConnection(RequestDispatcher dispatcher, Channel channel) {
        this.dispatcher = dispatcher;
        this.channel = channel;
        this.since = dispatcher.now();
        channel.pipeline().addFirst("cistern-connection", this);
    }

    /** Takes the next request; there is never more than one. */
    void begin(HttpCall next) {
        call = next;
        if (answering) {
            // From within the answer before: a long row of requests must not become a deep stack.
            channel.eventLoop().execute(() -> dispatch(next));
        } else {
            dispatch(next);
        }
    }

    private void dispatch(HttpCall next) {
        if (closed || closing) {
            next.abandon();
        } else if (channel.isWritable()) {
            dispatcher.accept(next);
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
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER)
                .addListener(
                        written -> {
                            if (channel instanceof DuplexChannel duplex) {
                                duplex.shutdownOutput();
                            } else {
                                channel.close();
                            }
                        });
    }

    /** Closes as soon as everything is written. */
    void closeAfterWriting() {
        closing = true;
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }

    /** Looks, about once a second, whether the client kept one of its times. */
    void check(long now, long idleNanos) {
        if (closing) {
            if (now - since > LINGER_NANOS) {
                channel.close();
            }
        } else if (!channel.isWritable()) {
            var left = channel.bytesBeforeWritable();
            if (left != untilWritable) {
                untilWritable = left;
                since = now;
            } else if (now - since > idleNanos) {
                channel.close();
            }
        } else if (body != null) {
            body.check(now);
        } else if (call == null && now - since > idleNanos) {
            channel.close();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (closing) {
            ReferenceCountUtil.release(message);
            return;
        }
        if (call != null && body == null) {
            ahead += message instanceof ByteBuf bytes ? bytes.readableBytes() : 0;
            if (ahead > MAX_AHEAD) {
                pause();
            }
        }
        context.fireChannelRead(message);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
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
                channel.eventLoop().execute(() -> dispatch(next));
            }
        }
        context.fireChannelWritabilityChanged();
    }

    private void pause() {
        if (!paused && !closing) {
            paused = true;
            channel.config().setAutoRead(false);
        }
    }

    private void resume() {
        paused = false;
        channel.config().setAutoRead(true);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        closed = true;
        if (body != null || postponed != null) {
            postponed = null;
            call.abandon();
        }
        context.fireChannelInactive();
    }
}
