import {
  Activity, Archive, ArrowRightLeft, Ban, Banknote, Bell, BookOpen, Box, Briefcase, Building, Building2, Calendar, CalendarDays, CalendarOff, ChartNoAxesColumn, CircleCheck, CircleDot, ClipboardList, Clock, Coins, Contact, CreditCard,
  Database, Eye, FileText, Filter, Flag, GitBranch, Globe, GraduationCap, Hash, Heart, House, Inbox, Key, Kanban, LifeBuoy, Link, List, Lock, Mail, MapPin, Megaphone, MessageSquare, MessagesSquare, Network, Package, Paperclip, PenLine, Percent, Phone,
  Receipt, Repeat, Route, Scale, Settings, Share2, Shield, ShieldCheck, ShoppingCart, Sprout, Star, StickyNote, Tag, Target, TrendingUp, Truck, User, UserCheck, UserPlus, Users, Wallet, Wrench, AtSign, BadgeEuro, CalendarClock, CalendarRange, CheckCheck, ExternalLink, FileSignature, GitCommitHorizontal, GitCompare, Goal, HandHeart, IdCard, Link2, ListOrdered, Map as MapIcon, MessageCircle, Milestone, MousePointerClick, ScrollText, Send, TicketCheck, UserRound, UserRoundCheck, UserSearch, type LucideIcon,
} from "lucide-react";

// Icons that definitions may name. Importing the whole set would add a megabyte, so a name that is not here shows a box.
const NAMED: Record<string, LucideIcon> = {
  activity: Activity, archive: Archive, "arrow-right-left": ArrowRightLeft, ban: Ban, banknote: Banknote, bell: Bell, "book-open": BookOpen, box: Box, briefcase: Briefcase, building: Building, "building-2": Building2, calendar: Calendar, "calendar-days": CalendarDays, "calendar-off": CalendarOff,
  "bar-chart": ChartNoAxesColumn, "circle-check": CircleCheck, "circle-dot": CircleDot, "clipboard-list": ClipboardList, clock: Clock, coins: Coins, contact: Contact, "credit-card": CreditCard, database: Database, eye: Eye, "file-text": FileText, filter: Filter, flag: Flag,
  "git-branch": GitBranch, globe: Globe, "graduation-cap": GraduationCap, hash: Hash, heart: Heart, house: House, home: House, inbox: Inbox, key: Key, kanban: Kanban, "life-buoy": LifeBuoy, link: Link, list: List, lock: Lock, mail: Mail, "map-pin": MapPin, megaphone: Megaphone,
  "message-square": MessageSquare, "messages-square": MessagesSquare, network: Network, package: Package, paperclip: Paperclip, "pen-line": PenLine, percent: Percent, phone: Phone, receipt: Receipt, repeat: Repeat, route: Route, scale: Scale, settings: Settings, "share-2": Share2, share: Share2,
  shield: Shield, "shield-check": ShieldCheck, "shopping-cart": ShoppingCart, sprout: Sprout, star: Star, "sticky-note": StickyNote, tag: Tag, target: Target, "trending-up": TrendingUp, truck: Truck, user: User, "user-check": UserCheck, "user-plus": UserPlus, users: Users, wallet: Wallet, wrench: Wrench,
  "at-sign": AtSign, "badge-euro": BadgeEuro, "calendar-clock": CalendarClock, "calendar-range": CalendarRange, "check-check": CheckCheck, "external-link": ExternalLink, "file-signature": FileSignature, "git-commit-horizontal": GitCommitHorizontal, "git-compare": GitCompare, "goal": Goal, "hand-heart": HandHeart, "id-card": IdCard, "link-2": Link2, "list-ordered": ListOrdered, "map": MapIcon, "message-circle": MessageCircle, "milestone": Milestone, "mouse-pointer-click": MousePointerClick, "scroll-text": ScrollText, "send": Send, "ticket-check": TicketCheck, "user-round": UserRound, "user-round-check": UserRoundCheck, "user-search": UserSearch,
};

export function iconNamed(name: string | undefined): LucideIcon {
  return NAMED[name ?? ""] ?? Box;
}
