import { Activity, Archive, ArrowRightLeft, AtSign, BadgeEuro, Ban, Banknote, Bell, BookOpen, Briefcase, Building, CalendarClock, CalendarDays, CalendarOff, CalendarRange, ChartNoAxesColumn, CheckCheck, CircleDot, ClipboardList, Clock, Coins, Contact, CreditCard, Database, ExternalLink, Eye, FileSignature, FileText, Filter, Flag, GitBranch, GitCommitHorizontal, GitCompare, Globe, Goal, GraduationCap, HandHeart, Hash, Heart, House, IdCard, Inbox, Kanban, Key, Link, Link2, List, ListOrdered, Lock, Mail, Map as MapIcon, MapPin, MessageCircle, MessageSquare, Milestone, MousePointerClick, Network, Paperclip, PenLine, Percent, Phone, Receipt, Repeat, Route, Scale, ScrollText, Send, Settings, Share2, Shield, ShieldCheck, Star, StickyNote, Table2, Tag, TicketCheck, TrendingUp, Truck, User, UserCheck, UserPlus, UserRound, UserRoundCheck, UserSearch, Wallet, Wrench, type LucideIcon } from "lucide-react";

/** Icons that definitions may name and the first screen does not show. */
export const MORE: Record<string, LucideIcon> = {
  activity: Activity, building: Building, contact: Contact, "file-text": FileText, list: List, "message-square": MessageSquare, phone: Phone, user: User,
  archive: Archive, "arrow-right-left": ArrowRightLeft, ban: Ban, banknote: Banknote, bell: Bell, "book-open": BookOpen,
  briefcase: Briefcase, "calendar-days": CalendarDays, "calendar-off": CalendarOff, "bar-chart": ChartNoAxesColumn, "circle-dot": CircleDot,
  "clipboard-list": ClipboardList, clock: Clock, coins: Coins, "credit-card": CreditCard, database: Database, eye: Eye, filter: Filter, flag: Flag,
  "git-branch": GitBranch, globe: Globe, "graduation-cap": GraduationCap, hash: Hash, heart: Heart, house: House, home: House, inbox: Inbox,
  key: Key, kanban: Kanban, link: Link, lock: Lock, mail: Mail, "map-pin": MapPin, network: Network, paperclip: Paperclip, "pen-line": PenLine,
  percent: Percent, receipt: Receipt, repeat: Repeat, route: Route, scale: Scale, settings: Settings, "share-2": Share2, share: Share2,
  shield: Shield, "shield-check": ShieldCheck, star: Star, "sticky-note": StickyNote, tag: Tag, "trending-up": TrendingUp, truck: Truck,
  "user-check": UserCheck, "user-plus": UserPlus, wallet: Wallet, wrench: Wrench, "at-sign": AtSign, "badge-euro": BadgeEuro,
  "calendar-clock": CalendarClock, "calendar-range": CalendarRange, "check-check": CheckCheck, "external-link": ExternalLink,
  "file-signature": FileSignature, "git-commit-horizontal": GitCommitHorizontal, "git-compare": GitCompare, goal: Goal, "hand-heart": HandHeart,
  "id-card": IdCard, "link-2": Link2, "list-ordered": ListOrdered, map: MapIcon, "message-circle": MessageCircle, milestone: Milestone,
  "mouse-pointer-click": MousePointerClick, "scroll-text": ScrollText, send: Send, "ticket-check": TicketCheck, "user-round": UserRound,
  "user-round-check": UserRoundCheck, "user-search": UserSearch, "table-2": Table2,
};
