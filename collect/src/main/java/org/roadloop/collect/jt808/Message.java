package org.roadloop.collect.jt808;

import org.jspecify.annotations.Nullable;

/**
 * The body of any message (消息体) as a record, for all that is not hot: sessions, commands, text. The
 * hot messages are read in place by {@link PositionBody} and {@link PositionBatch} instead. Each
 * record writes exactly the bytes it was read from.
 */
public sealed interface Message
        permits LinkMessage,
                PositionMessage,
                MediaMessage,
                DataMessage,
                CommandMessage,
                AttachmentMessage,
                Message.Other {
    /** Message id (消息 ID). */
    int id();

    void write(BodyWriter out);

    /** A message of no known id, kept as it came. */
    record Other(int id, Bytes data) implements Message {
        @Override
        public void write(BodyWriter out) {
            out.bytes(data);
        }
    }

    /**
     * Reads the body of a whole message; {@link Other} for an id that is not known.
     *
     * @return null when the body is not what its id says; {@link BodyReader#faultOffset} tells
     *     where
     */
    static @Nullable Message read(int id, BodyReader in) {
        Message message = readFields(id, in);
        return in.isWhole() ? message : null;
    }

    private static Message readFields(int id, BodyReader in) {
        return switch (id) {
            case LinkMessage.TerminalAnswer.ID -> LinkMessage.TerminalAnswer.read(in);
            case LinkMessage.PlatformAnswer.ID -> LinkMessage.PlatformAnswer.read(in);
            case LinkMessage.Heartbeat.ID -> new LinkMessage.Heartbeat();
            case LinkMessage.Deregistration.ID -> new LinkMessage.Deregistration();
            case LinkMessage.TimeRequest.ID -> new LinkMessage.TimeRequest();
            case LinkMessage.TimeAnswer.ID -> new LinkMessage.TimeAnswer(in.utcTime());
            case LinkMessage.PlatformPackageRequest.ID ->
                    LinkMessage.PlatformPackageRequest.read(in);
            case LinkMessage.TerminalPackageRequest.ID ->
                    LinkMessage.TerminalPackageRequest.read(in);
            case Registration.ID -> Registration.read(in);
            case LinkMessage.RegistrationAnswer.ID -> LinkMessage.RegistrationAnswer.read(in);
            case LinkMessage.Authentication.ID -> LinkMessage.Authentication.read(in);
            case LinkMessage.TerminalPublicKey.ID ->
                    new LinkMessage.TerminalPublicKey(in.u32(), in.bytes(128));
            case LinkMessage.PlatformPublicKey.ID ->
                    new LinkMessage.PlatformPublicKey(in.u32(), in.bytes(128));
            case PositionMessage.PositionReport.ID ->
                    new PositionMessage.PositionReport(Position.read(in));
            case PositionMessage.PositionAnswer.ID ->
                    new PositionMessage.PositionAnswer(in.u16(), Position.read(in));
            case PositionMessage.PositionQuery.ID -> new PositionMessage.PositionQuery();
            case PositionMessage.Tracking.ID -> PositionMessage.Tracking.read(in);
            case PositionMessage.BatchReport.ID -> PositionMessage.BatchReport.read(in);
            case MediaMessage.MultimediaEvent.ID -> MediaMessage.MultimediaEvent.read(in);
            case MediaMessage.MultimediaData.ID -> MediaMessage.MultimediaData.read(in);
            case MediaMessage.MultimediaAnswer.ID -> MediaMessage.MultimediaAnswer.read(in);
            case DataMessage.CanUpload.ID -> DataMessage.CanUpload.read(in);
            case DataMessage.UplinkData.ID -> new DataMessage.UplinkData(in.u8(), in.rest());
            case DataMessage.DownlinkData.ID -> new DataMessage.DownlinkData(in.u8(), in.rest());
            case DataMessage.CompressedReport.ID -> DataMessage.CompressedReport.read(in);
            case CommandMessage.ParameterSetting.ID -> CommandMessage.ParameterSetting.read(in);
            case CommandMessage.ParameterQuery.ID -> new CommandMessage.ParameterQuery();
            case CommandMessage.ParameterSelection.ID -> CommandMessage.ParameterSelection.read(in);
            case CommandMessage.ParameterAnswer.ID -> CommandMessage.ParameterAnswer.read(in);
            case CommandMessage.TerminalControl.ID ->
                    new CommandMessage.TerminalControl(in.u8(), in.restText());
            case CommandMessage.TextMessage.ID -> CommandMessage.TextMessage.read(in);
            case AttachmentMessage.UploadRequest.ID -> AttachmentMessage.UploadRequest.read(in);
            case AttachmentMessage.AttachmentList.ID -> AttachmentMessage.AttachmentList.read(in);
            case AttachmentMessage.FileBegin.ID -> AttachmentMessage.FileBegin.read(in);
            case AttachmentMessage.FileEnd.ID -> AttachmentMessage.FileEnd.read(in);
            case AttachmentMessage.FileAnswer.ID -> AttachmentMessage.FileAnswer.read(in);
            default -> new Other(id, in.rest());
        };
    }
}
