package org.roadloop.collect.jt808;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;

/**
 * Random messages of every type that the standard allows (随机报文), for the law decode(encode(x)) = x.
 */
final class RandomMessages {
    private final Random random;
    private final Edition edition;

    RandomMessages(Random random, Edition edition) {
        this.random = random;
        this.edition = edition;
    }

    /** One of each type. */
    List<Message> all() {
        List<Message> all = new ArrayList<>();
        all.add(new LinkMessage.TerminalAnswer(u16(), u16(), u8()));
        all.add(new LinkMessage.PlatformAnswer(u16(), u16(), u8()));
        all.add(new LinkMessage.Heartbeat());
        all.add(new LinkMessage.Deregistration());
        all.add(new LinkMessage.TimeRequest());
        all.add(new LinkMessage.TimeAnswer(time()));
        all.add(new LinkMessage.PlatformPackageRequest(u16(), list(20, _ -> u16())));
        all.add(new LinkMessage.TerminalPackageRequest(u16(), list(20, _ -> u16())));
        all.add(registration());
        boolean ok = random.nextBoolean();
        all.add(
                new LinkMessage.RegistrationAnswer(
                        u16(), ok ? 0 : 1 + random.nextInt(4), ok ? text(20) : null));
        boolean newer = edition == Edition.JT2019;
        all.add(
                new LinkMessage.Authentication(
                        text(20), newer ? text(7) : null, newer ? text(10) : null));
        all.add(new LinkMessage.TerminalPublicKey(u32(), bytes(128)));
        all.add(new LinkMessage.PlatformPublicKey(u32(), bytes(128)));
        all.add(new PositionMessage.PositionReport(position(8)));
        all.add(new PositionMessage.PositionAnswer(u16(), position(8)));
        all.add(new PositionMessage.PositionQuery());
        all.add(new PositionMessage.Tracking(0, null));
        all.add(new PositionMessage.Tracking(u16(), u32()));
        all.add(
                new PositionMessage.BatchReport(
                        random.nextInt(2), list(5, _ -> position(random.nextInt(3)))));
        all.add(event());
        all.add(new MediaMessage.MultimediaData(event(), position(0), bytes(random.nextInt(400))));
        all.add(new MediaMessage.MultimediaAnswer(u32(), null));
        all.add(new MediaMessage.MultimediaAnswer(u32(), list(50, _ -> u16())));
        all.add(
                new DataMessage.CanUpload(
                        "%02d:%02d:%02d.%03d"
                                .formatted(
                                        random.nextInt(24),
                                        random.nextInt(60),
                                        random.nextInt(60),
                                        random.nextInt(1000)),
                        list(
                                20,
                                _ ->
                                        new DataMessage.CanFrame(
                                                1 + random.nextInt(2),
                                                random.nextBoolean(),
                                                random.nextBoolean(),
                                                random.nextInt(1 << 29),
                                                bytes(8)))));
        all.add(new DataMessage.UplinkData(u8(), bytes(random.nextInt(300))));
        all.add(new DataMessage.DownlinkData(u8(), bytes(random.nextInt(300))));
        all.add(new DataMessage.CompressedReport(bytes(random.nextInt(300))));
        all.add(new CommandMessage.ParameterSetting(list(20, _ -> parameter())));
        all.add(new CommandMessage.ParameterQuery());
        all.add(new CommandMessage.ParameterSelection(list(30, _ -> u32())));
        all.add(
                new CommandMessage.ParameterAnswer(
                        u16(), random.nextBoolean() ? null : u8(), list(20, _ -> parameter())));
        all.add(new CommandMessage.TerminalControl(u8(), text(40)));
        all.add(new CommandMessage.TextMessage(u8(), newer ? u8() : null, text(100)));
        all.add(
                new AttachmentMessage.UploadRequest(
                        text(15), u16(), u16(), mark(), text(16), bytes(16)));
        all.add(
                new AttachmentMessage.AttachmentList(
                        text(3),
                        mark(),
                        text(16),
                        random.nextInt(2),
                        list(8, _ -> new AttachmentMessage.Attachment(text(20), u32()))));
        all.add(new AttachmentMessage.FileBegin(text(20), u8(), u32()));
        all.add(new AttachmentMessage.FileEnd(text(20), u8(), u32()));
        all.add(
                new AttachmentMessage.FileAnswer(
                        text(20),
                        u8(),
                        random.nextInt(2),
                        list(30, _ -> new AttachmentMessage.Piece(u32(), u32()))));
        all.add(new Message.Other(0xF000 + random.nextInt(0x1000), bytes(random.nextInt(200))));
        return all;
    }

    private Registration registration() {
        int layout = edition == Edition.JT2019 ? 2019 : random.nextBoolean() ? 2011 : 2013;
        return new Registration(
                layout, u16(), u16(), text(2), text(4), text(3), 1 + random.nextInt(9), "京A12345");
    }

    private MediaMessage.MultimediaEvent event() {
        return new MediaMessage.MultimediaEvent(u32(), u8(), u8(), u8(), u8());
    }

    /** South and west are signs of the degrees and bits of the status. */
    private Position position(int addOns) {
        long status = u32();
        int north = (status & PositionBody.STATUS_SOUTH) == 0 ? 1 : -1;
        int east = (status & PositionBody.STATUS_WEST) == 0 ? 1 : -1;
        List<AddOn> list = new ArrayList<>();
        for (int i = 0; i < addOns; i++) {
            list.add(addOn(random.nextInt(24)));
        }
        return new Position(
                u32(),
                status,
                north * random.nextInt(90_000_001) / 1e6,
                east * random.nextInt(180_000_001) / 1e6,
                u16(),
                u16() / 10.0,
                random.nextInt(360),
                time(),
                list,
                null);
    }

    private AddOn addOn(int kind) {
        return switch (kind) {
            case 0 -> new AddOn.Mileage(u32() / 10.0);
            case 1 -> new AddOn.Fuel(u16() / 10.0);
            case 2 -> new AddOn.RecorderSpeed(u16() / 10.0);
            case 3 -> new AddOn.AlarmEvent(u16());
            case 4 -> new AddOn.TyrePressures(bytes(30));
            case 5 -> new AddOn.CabinTemperature(random.nextInt(65_535) - 32_767);
            case 6 -> new AddOn.OverSpeed(0, null);
            case 7 -> new AddOn.OverSpeed(u8(), u32());
            case 8 -> new AddOn.AreaPassage(u8(), u32(), u8());
            case 9 -> new AddOn.SectionTime(u32(), u16(), u8());
            case 10 -> new AddOn.Signals(u32());
            case 11 -> new AddOn.Io(u16());
            case 12 -> new AddOn.Analogue(u16(), u16());
            case 13 -> new AddOn.NetworkSignal(u8());
            case 14 -> new AddOn.Satellites(u8());
            case 15 -> new AddOn.VideoAlarms(u32());
            case 16 -> new AddOn.VideoLost(u32());
            case 17 -> new AddOn.VideoBlocked(u32());
            case 18 -> new AddOn.StorageFault(u16());
            case 19 -> new AddOn.AbnormalDriving(u16());
            case 20 ->
                    new AddOn.DriverAssistanceAlarm(
                            u32(), u8(), u8(), u8(), u8(), 100 * u8(), u8(), u8(), u8(), place());
            case 21 -> new AddOn.DriverStateAlarm(u32(), u8(), u8(), u8(), u8(), bytes(4), place());
            case 22 -> {
                boolean gaps = random.nextBoolean();
                yield new AddOn.TyreAlarm(u32(), u8(), place(), list(6, i -> tyre(gaps)));
            }
            default -> new AddOn.BlindSpotAlarm(u32(), u8(), u8(), place());
        };
    }

    private AddOn.Tyre tyre(boolean gap) {
        return new AddOn.Tyre(
                u8(), gap ? u8() : null, u16(), u16(), random.nextInt(65_536) - 32_768, u16());
    }

    private AlarmPlace place() {
        return new AlarmPlace(
                u8(),
                u16(),
                random.nextInt(90_000_001) / 1e6,
                random.nextInt(180_000_001) / 1e6,
                time(),
                u16(),
                mark());
    }

    private AlarmMark mark() {
        return new AlarmMark(text(3), time(), u8(), u8(), u8());
    }

    private Parameter parameter() {
        return switch (random.nextInt(5)) {
            case 0 -> Parameter.ofNumber(0x0001, u32());
            case 1 -> Parameter.ofNumber(0x0031, u16());
            case 2 -> Parameter.ofNumber(0x0084, u8());
            case 3 -> Parameter.ofText(0x0013, text(20));
            default -> Parameter.ofBytes(0xF364, bytes(random.nextInt(20)));
        };
    }

    /** Text whose GBK form has at most twice as many bytes; no zero at its end. */
    private String text(int most) {
        String letters = "京津沪渝AZ09az_-. ";
        StringBuilder text = new StringBuilder();
        int length = random.nextInt(most + 1);
        for (int i = 0; i < length; i++) {
            text.append(letters.charAt(random.nextInt(letters.length())));
        }
        return text.toString();
    }

    private String time() {
        if (random.nextInt(10) == 0) {
            return "000000000000";
        }
        // 2000-01-01T00:00:00Z lies in the range in both zones; so does the end of 2099 − 1 day.
        return java.time.Instant.ofEpochSecond(946_684_800L + random.nextLong(3_155_000_000L))
                .toString();
    }

    private <T> List<T> list(int most, IntFunction<T> item) {
        List<T> list = new ArrayList<>();
        int size = random.nextInt(most + 1);
        for (int i = 0; i < size; i++) {
            list.add(item.apply(i));
        }
        return list;
    }

    private Bytes bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return Bytes.copyOf(bytes, 0, length);
    }

    private int u8() {
        return random.nextInt(256);
    }

    private int u16() {
        return random.nextInt(65_536);
    }

    private long u32() {
        return random.nextLong(1L << 32);
    }
}
