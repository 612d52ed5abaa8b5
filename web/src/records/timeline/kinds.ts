import { Calendar, CircleCheck, FileText, Globe, LifeBuoy, Mail, MapPin, Megaphone, MessageSquare, Package, Paperclip, PenLine, Phone, Share2, StickyNote, Target, type LucideIcon } from "lucide-react";

const BY_KIND: Record<string, LucideIcon> = {
  email: Mail, call: Phone, meeting: Calendar, chat: MessageSquare, message: MessageSquare, visit: MapPin, letter: FileText, form: FileText, social: Share2, survey: FileText, web: Globe, event: Calendar, change: PenLine,
};
const BY_OBJECT: Record<string, LucideIcon> = { note: StickyNote, task: CircleCheck, meeting: Calendar, opportunity: Target, order: Package, case: LifeBuoy, file: Paperclip, campaign_member: Megaphone, touchpoint: Megaphone };

export function kindIcon(object: string, kind: string): LucideIcon {
  return BY_KIND[kind] ?? BY_OBJECT[object] ?? PenLine;
}
